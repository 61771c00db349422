"""Claims about a training, by the facts of the run.

While a submission is graded, the referee carries out each training: it counts the epochs, logs
the accuracies and measures the network, and nothing that the student's process says of them
counts. In an ordinary kernel the same claims rest on what Keras recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.accuracy import named_accuracy
from grader.checks.answers import array
from grader.checks.further_seeds import OTHER_SEEDS, best_of_further_seeds, highest
from grader.checks.history import agrees, logs, recorded
from grader.checks.protocols import TrainingRecord, capability
from grader.errors import ClaimFailed, RefereeError
from grader.language import N_, gettext, ngettext
from grader.model import Run

BATCH = 256
HARDLY_LEARNS = 0.4  # of training accuracy: the smallest networks come to more in one epoch
# Of the error that a minimum leaves: what the first weights of a network may well be worth. Errors
# of one network with several seeds deviate by up to so much (docs/grading.md).
LUCK = 0.1


def trained(model: Any) -> Run:
    """Return the run whose weights a model has, all its fits together.

    In an examiner it is what the referee carried out; in an ordinary kernel, what Keras recorded.

    Args:
        model: a Keras model.

    Raises:
        ClaimFailed: there is no such run; the message says why.

    Example:
        In a test cell, with the student's ``model``::

            assert trained(model).asked <= 19, "fit was asked for more than 19 epochs."
    """
    import keras

    if not isinstance(model, keras.Model):
        raise ClaimFailed(
            "Expected a trained Keras model, received {type}. Keep the model that you call fit on.",
            type=type(model).__name__,
        )
    record = capability(model, TrainingRecord)
    return recorded(model) if record is None else record.run_of(model)


def trained_epochs(model: Any, history: Any, epochs: int, *, called: str = "") -> None:
    """Check that the model was trained for exactly ``epochs`` epochs, by one call of fit.

    Args:
        model: a trained Keras model.
        history: what that call of fit returned.
        epochs: the expected number.
        called: the model's name in the student's notebook, where there are several; for messages.

    Raises:
        ClaimFailed: it was trained for fewer or more epochs, by several fits, or ``history`` is
            another.

    Example:
        In a test cell, with the student's ``cnn`` and ``cnn_history``::

            trained_epochs(cnn, cnn_history, 5, called="cnn")
    """
    run = _told(model, history)
    if run.epochs != epochs:
        raise ClaimFailed(
            "{model} was trained for {trained}, expected {epochs}. "
            "Call fit once, with epochs={epochs}, on a model that was just built.",
            model=called or gettext("The model"),
            trained=_counted(run),
            epochs=epochs,
        )
    if len(run.fits) > 1:
        raise ClaimFailed(
            "{model} was trained for {trained}, and its history holds {held} of "
            "them, expected a history of all {epochs}. Call fit once, with epochs={epochs}.",
            model=called or gettext("The model"),
            trained=_counted(run),
            held=run.fits[-1],
            epochs=epochs,
        )


def fewer_than(model: Any, history: Any, epochs: int) -> None:
    """Check that the model was trained for fewer than ``epochs`` epochs, all fits together.

    Args:
        model: a trained Keras model.
        history: what the last call of fit returned.
        epochs: the number that must not be reached.

    Raises:
        ClaimFailed: it was trained for as many epochs or more, or ``history`` is another.

    Example:
        In a test cell, with the student's ``model`` and ``history``::

            fewer_than(model, history, 20)
    """
    run = _told(model, history)
    if not run.epochs < epochs:
        raise ClaimFailed(
            "The model was trained for {trained}, expected fewer than {epochs}. Give fit "
            "your callback, callbacks=[...], and at most epochs={most}.",
            trained=_counted(run),
            epochs=epochs,
            most=epochs - 1,
        )


def reaches(model: Any, history: Any, accuracy: float) -> None:
    """Check that some epoch of the last fit logged a training accuracy above ``accuracy``.

    Where no callback ended the fit and the run came near, other first weights might have done
    better: the referee then trains the same network with two more seeds, and the best counts. See
    ``grader.checks.further_seeds``.

    Args:
        model: a trained Keras model.
        history: what the last call of fit returned.
        accuracy: between 0 and 1.

    Raises:
        ClaimFailed: no epoch did, ``history`` is another, or the fit was on a part of the training
            images.

    Example:
        In a test cell, with the student's ``model`` and ``history``::

            reaches(model, history, 0.998)
    """
    run = _told(model, history)
    _expect_whole(run)
    best, tries = highest(accuracies(run)), ""
    # Each comparison says what must hold: one with NaN is false.
    if not best > accuracy and not run.stopped:
        best, tries = best_of_further_seeds(model, best, accuracy)
    if not best > accuracy:
        raise ClaimFailed(
            "The best of {count} epochs had a training accuracy of {best:.4f}, expected "
            "more than {accuracy}.{tries} {advice}",
            count=run.fits[-1],
            best=best,
            accuracy=accuracy,
            tries=tries,
            advice=gettext(_next_step(run, best), accuracy=accuracy),
        )


def _next_step(run: Run, best: float) -> str:
    """What to do about a training accuracy that is too low."""
    if not best > HARDLY_LEARNS:
        return N_(
            "The network hardly learns. Use a smaller learning rate, or the optimizer 'adam' as it "
            "is, and check that the loss goes with the labels."
        )
    if run.stopped:
        return N_(
            "A callback ended the training: let it stop only after an epoch above {accuracy}."
        )
    if run.cut:
        return N_("Give the network more filters or a wider Dense layer.")
    return N_("Give the network more filters or a wider Dense layer, or more epochs.")


def generalises(
    model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]], minimum: float
) -> None:
    """Check that the model classifies a share ``minimum`` of images new to it correctly.

    Students do not choose the referee's seed. So a model that just misses ``minimum``, by a share
    ``LUCK`` of the error that it leaves, is trained once more with another seed, and the better
    run counts.

    Args:
        model: a trained classifier.
        images: (n, ...) as the model takes them, prepared. A referee measures on test images of its
            own, and uses neither these nor the student's ``predict``.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: the model classifies fewer correctly, or answers in another shape.
        RefereeError: the referee has not measured the run.

    Example:
        In a test cell, with the student's ``model`` and ``prepare``::

            generalises(model, prepare(test_images.copy()), test_labels, 0.98)
    """
    right = _with_luck(model, _right(model, images, labels), minimum)
    if not right >= minimum:
        raise ClaimFailed(
            "The model classifies {right:.1%} of the images that it has not seen correctly, "
            "expected at least {minimum:.1%}. Train on all training images; if the training "
            "accuracy is much higher, the network overfits: use fewer weights, or pooling.",
            right=right,
            minimum=minimum,
        )


def better_than(
    model: Any,
    other: Any,
    images: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    minimum: float,
) -> None:
    """Check that ``model`` classifies more images correctly than ``other``, and enough of them.

    A model that just misses ``minimum`` is trained once more with another seed, as ``generalises``
    does.

    Args:
        model: the classifier that should be better.
        other: the classifier to compare with.
        images: (n, ...) as both models take them, prepared; see ``generalises``.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: the model is no better, or not good enough; or one of the two was trained on a
            part of the training images.
        RefereeError: the referee has not measured a run.

    Example:
        In a test cell, with the student's ``cnn``, ``dnn`` and ``prepare``::

            better_than(cnn, dnn, prepare(test_images), test_labels, minimum=0.89)
    """
    for each in (model, other):
        _expect_whole(trained(each))
    right, compared = (_right(each, images, labels) for each in (model, other))
    right = _with_luck(model, right, minimum)
    if not right >= minimum:
        raise ClaimFailed(
            "The model classifies {right:.1%} of the test images correctly, expected at least "
            "{minimum:.1%}. Train it on all training images, for all epochs.",
            right=right,
            minimum=minimum,
        )
    if not right > compared:
        raise ClaimFailed(
            "The model classifies {right:.1%} of the test images correctly and the other model "
            "{compared:.1%}, expected more than the other. Check that both were built and trained "
            "as asked.",
            right=right,
            compared=compared,
        )


def accuracies(run: Run) -> list[float]:
    """Return the training accuracy after each epoch of the last fit.

    Args:
        run: as ``trained`` returns it.

    Returns:
        For each epoch a number from 0 to 1, as it was logged by the name ``accuracy`` or ``acc``.

    Raises:
        ClaimFailed: no accuracy was logged.

    Example:
        In a test cell, with the student's ``model``::

            assert accuracies(trained(model))[-1] > 0.9, "The last epoch's accuracy is below 90 %."
    """
    last = run.logs[-run.fits[-1] :]
    values = [named_accuracy(logs) for logs in last]
    if None in values:
        raise ClaimFailed(
            "The history has no accuracy, only {names}. "
            'Compile the model with metrics=["accuracy"] and train again.',
            names=", ".join(last[0]),
        )
    return [float(value) for value in values if value is not None]


def accuracy_on(model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of images whose most probable class is the right one.

    It is counted from the model's predictions, so it does not depend on how the model was compiled.

    Args:
        model: a classifier.
        images: (n, ...) as the model takes them.
        labels: (n,) the right classes, whole numbers.

    Returns:
        Between 0 and 1.

    Raises:
        ClaimFailed: the model does not answer with one row for each image.

    Example:
        In a test cell, with the student's ``model`` and ``prepare``::

            assert accuracy_on(model, prepare(test_images), test_labels) > 0.9
    """
    predictions = array(
        model.predict(np.array(images), batch_size=BATCH, verbose=0), what="model.predict(images)"
    )
    if predictions.ndim != 2 or len(predictions) != len(labels):
        raise ClaimFailed(
            "model.predict(images) has the shape {received}, expected "
            "({count}, classes): end the model in one Dense layer.",
            received=predictions.shape,
            count=len(labels),
        )
    return float(np.mean(predictions.argmax(axis=1) == labels))


def _told(model: Any, history: Any) -> Run:
    """Return the model's run, if ``history`` is what its last fit returned."""
    run = trained(model)
    if not agrees(logs(history), run):
        raise ClaimFailed(
            "The history is not what the last fit of this model returned: its numbers were written "
            "by hand or changed by a callback, or are those of another fit. "
            "Write history = model.fit(...), and keep it unchanged."
        )
    return run


def _expect_whole(run: Run) -> None:
    """A network that has seen few images says nothing about the others, and learns faster."""
    if run.whole is False:
        raise ClaimFailed(
            "The model was trained on a part of the training images, and the claim is about a "
            "training on all of them. Give fit all training images and their labels, "
            "and hold back at most half of them: with validation_split, or drawn at random."
        )


def _right(model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of test images classified correctly: measured, or else predicted here."""
    run = trained(model)
    if capability(model, TrainingRecord) is None:
        return accuracy_on(model, images, labels)
    return _measured(run)


def _with_luck(model: Any, right: float, minimum: float) -> float:
    """The better accuracy on test images of two seeds, where the first just missed the minimum."""
    record = capability(model, TrainingRecord)
    least = minimum - LUCK * (1.0 - minimum) - 1e-9  # 0.98 - 0.1 * 0.02 is a little above 0.978
    if record is None or not least <= right < minimum:
        return right
    again = record.again(model, OTHER_SEEDS[0], 1.0)  # all epochs: no accuracy is above 1
    return max(right, _measured(again))


def _measured(run: Run) -> float:
    if run.test_accuracy is None:
        raise RefereeError(
            f"the run {run.key} has no test accuracy: expected one that was measured; grade again"
        )
    return run.test_accuracy


def _counted(run: Run) -> str:
    epochs = ngettext("{count} epoch", "{count} epochs", run.epochs)
    if len(run.fits) > 1:
        epochs = gettext("{epochs} in {fits} calls of fit", epochs=epochs, fits=len(run.fits))
    if not run.cut:
        return epochs
    return gettext(
        "{epochs} (fit was asked for {asked}; while work is graded, a model is trained for at most "
        "{allowed})",
        epochs=epochs,
        asked=run.asked,
        allowed=run.allowed,
    )
