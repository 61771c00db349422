"""What a training was: its epochs, its accuracies, and what the trained model is worth.

The record is the ``History`` that ``fit`` returned, taken at its word after its parts were found to
agree. Every claim about a training takes the model and its history, whoever carried it out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array
from grader.errors import ClaimFailed

BATCH = 256


def epochs_run(history: Any) -> int:
    """Return the number of epochs that a ``History`` records.

    Raises:
        ClaimFailed: it is no ``History``, or a list in it has another length.

    """
    import keras

    if not isinstance(history, keras.callbacks.History):
        raise ClaimFailed(
            f"Expected what model.fit(...) returns, a History, received {type(history).__name__}. "
            "Write history = model.fit(...)."
        )
    epochs = len(getattr(history, "epoch", []))
    lengths = {name: len(values) for name, values in history.history.items()}
    if not epochs or not lengths:
        raise ClaimFailed("The history is empty: no epoch was completed. Call model.fit(...).")
    if set(lengths.values()) != {epochs}:
        raise ClaimFailed(
            f"The history records {epochs} epochs, but its lists have the lengths {lengths}. "
            "Keep the history as model.fit(...) returns it."
        )
    return epochs


def accuracies(history: Any) -> list[float]:
    """Return the training accuracy after each epoch, logged as ``accuracy`` or ``acc``.

    Raises:
        ClaimFailed: the history is not in order, or no accuracy was logged.

    """
    epochs = epochs_run(history)
    for key in ("accuracy", "acc"):
        if key in history.history:
            values = array(history.history[key], what=f"history[{key!r}]", shape=(epochs,))
            return [float(value) for value in values]
    raise ClaimFailed(
        f"The history has no accuracy, only {', '.join(history.history)}. "
        'Compile the model with metrics=["accuracy"] and train again.'
    )


def trained_epochs(model: Any, history: Any, epochs: int) -> None:
    """Check that the training ran for exactly ``epochs`` epochs.

    Raises:
        ClaimFailed: it ran for fewer or more.

    """
    _expect_trained(model)
    ran = epochs_run(history)
    if ran != epochs:
        raise ClaimFailed(
            f"The training ran for {ran} epochs, expected {epochs}. "
            f"Call fit once, with epochs={epochs}."
        )


def fewer_than(model: Any, history: Any, epochs: int) -> None:
    """Check that the training ended before its epoch number ``epochs``.

    Raises:
        ClaimFailed: it ran for as many or more.

    """
    _expect_trained(model)
    ran = epochs_run(history)
    if ran >= epochs:
        raise ClaimFailed(
            f"The training ran for {ran} epochs, expected fewer than {epochs}. Give fit your "
            f"callback, callbacks=[...], and at most epochs={epochs - 1}."
        )


def reaches(model: Any, history: Any, accuracy: float) -> None:
    """Check that some epoch's training accuracy, as Keras logged it, is above ``accuracy``.

    Raises:
        ClaimFailed: none is.

    """
    _expect_trained(model)
    curve = accuracies(history)
    if max(curve) <= accuracy:
        raise ClaimFailed(
            f"The best of {len(curve)} epochs had a training accuracy of {max(curve):.4f}, "
            f"expected more than {accuracy}. Give the network more filters or a wider Dense "
            "layer, or more epochs."
        )


def generalises(
    model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]], minimum: float
) -> None:
    """Check that at least the share ``minimum`` of images it was not trained on is told right.

    Args:
        model: a trained classifier.
        images: (n, ...) as the model takes them, prepared.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: it tells fewer right, or answers in another shape.

    """
    right = accuracy_on(model, images, labels)
    if right < minimum:
        raise ClaimFailed(
            f"On images that it has not seen the model is right in {right:.1%} of cases, expected "
            f"at least {minimum:.1%}. Train on all training images, and look for layers that "
            "learn by heart: too many weights, no pooling."
        )


def better_than(
    model: Any,
    other: Any,
    images: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    minimum: float,
) -> None:
    """Check that ``model`` tells more images right than ``other``, and the share ``minimum``.

    Args:
        model: the classifier that should be the better one.
        other: the classifier to compare with.
        images: (n, ...) as both models take them, prepared.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: it is no better, or not good enough.

    """
    right, compared = (accuracy_on(one, images, labels) for one in (model, other))
    if right < minimum:
        raise ClaimFailed(
            f"On the test images the model is right in {right:.1%} of cases, expected at least "
            f"{minimum:.1%}. Train it on all training images, for all epochs."
        )
    if right <= compared:
        raise ClaimFailed(
            f"On the test images the model is right in {right:.1%} of cases, the one to beat in "
            f"{compared:.1%}. Look whether both were built and trained as asked."
        )


def accuracy_on(model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of images whose most probable class is the right one.

    Counted here from the model's predictions, so it does not depend on how it was compiled.

    Args:
        model: a classifier.
        images: (n, ...) as the model takes them.
        labels: (n,) the right classes.

    Raises:
        ClaimFailed: it is no trained model, or does not answer with one row for each image.

    """
    _expect_trained(model)
    predictions = array(
        model.predict(np.array(images), batch_size=BATCH, verbose=0), what="model.predict(images)"
    )
    if predictions.ndim != 2 or len(predictions) != len(labels):
        raise ClaimFailed(
            f"model.predict(images) has the shape {predictions.shape}, expected "
            f"({len(labels)}, classes): end the model in one Dense layer."
        )
    return float(np.mean(predictions.argmax(axis=1) == labels))


def _expect_trained(model: Any) -> None:
    """Refuse what is no Keras model, or one that never saw an image."""
    import keras

    if not isinstance(model, keras.Model):
        raise ClaimFailed(
            f"Expected a trained Keras model, received {type(model).__name__}. Keep the model that "
            "you call fit on."
        )
    if not model.built:
        raise ClaimFailed("The model has never seen an image. Call fit on this very model.")
