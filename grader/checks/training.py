"""Claims about a training, on the facts of the run that carried it out.

While a submission is graded, the referee carries out each training: how many epochs there were,
what they logged and how good the network is are measured, and nothing that the student's process
says of them is believed. In an ordinary kernel the same claims rest on what Keras recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array
from grader.checks.history import agrees, logs, recorded
from grader.errors import ClaimFailed, RefereeError
from grader.model import Run

BATCH = 256
KEYS = ("accuracy", "acc")  # what the metric is called after metrics=["accuracy"] or ["acc"]
OTHER_SEEDS = (1, 2)  # a student's own run has the seed 0
LUCK = 0.01  # of test accuracy: what the first weights of a network may well be worth


def trained(model: Any) -> Run:
    """Return the run whose weights a model has, all its fits together.

    In an examiner the model has ``__referee__``, whose ``run()`` gives what the referee measured.

    Args:
        model: a Keras model.

    Raises:
        ClaimFailed: there is no such run; the message says why.

    """
    import keras

    if not isinstance(model, keras.Model):
        raise ClaimFailed(
            f"Expected a trained Keras model, received {type(model).__name__}. Keep the model that "
            "you call fit on."
        )
    referee = _referee(model)
    run: Run = recorded(model) if referee is None else referee.run()
    return run


def trained_epochs(model: Any, history: Any, epochs: int) -> None:
    """Check that the model was trained for exactly ``epochs`` epochs, by one call of fit.

    Raises:
        ClaimFailed: it was trained for fewer or more, all fits together, or by several fits.

    """
    run = _told(model, history)
    if run.epochs != epochs:
        raise ClaimFailed(
            f"The model was trained for {_counted(run)}, expected {epochs}. "
            f"Call fit once, with epochs={epochs}, on a model that was just built."
        )
    if len(run.fits) > 1:
        raise ClaimFailed(
            f"The model was trained for {_counted(run)}, and the history tells of {run.fits[-1]}, "
            f"expected a history of all {epochs}. Call fit once, with epochs={epochs}."
        )


def fewer_than(model: Any, history: Any, epochs: int) -> None:
    """Check that the model was trained for fewer than ``epochs`` epochs, all fits together.

    Raises:
        ClaimFailed: it was trained for as many or more.

    """
    run = _told(model, history)
    if run.epochs >= epochs:
        raise ClaimFailed(
            f"The model was trained for {_counted(run)}, expected fewer than {epochs}. Give fit "
            f"your callback, callbacks=[...], and at most epochs={epochs - 1}."
        )


def reaches(model: Any, history: Any, accuracy: float) -> None:
    """Check that some epoch of the last fit logged a training accuracy above ``accuracy``.

    Where no callback ended the fit and only luck may be missing, the referee tries the same network
    with other seeds, and the best counts.

    Raises:
        ClaimFailed: none did, or the fit was on a part of the training images alone.

    """
    run = _told(model, history)
    if run.whole is False:
        raise ClaimFailed(
            f"The model was trained on a part of the training images, and an accuracy above "
            f"{accuracy} counts on all of them. Give fit all training images and their labels, "
            "and hold back at most half of them with validation_split."
        )
    best, tries = max(accuracies(run)), ""
    referee = _referee(model)
    if best <= accuracy and not run.stopped:
        if referee is None:
            tries = " Grading trains it with two more seeds, and the best counts."
        for seed in OTHER_SEEDS if referee else ():
            best = max(best, *accuracies(referee.again(seed, accuracy)))
            tries = " Other seeds were tried, and did no better."
            if best > accuracy:
                break
    if best <= accuracy:
        raise ClaimFailed(
            f"The best of {run.fits[-1]} epochs had a training accuracy of {best:.4f}, expected "
            f"more than {accuracy}.{tries} Give the network more filters or a wider Dense layer, "
            "or more epochs."
        )


def generalises(
    model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]], minimum: float
) -> None:
    """Check that at least the share ``minimum`` of images it was not trained on is told right.

    Args:
        model: a trained classifier.
        images: (n, ...) as the model takes them, prepared. A referee measures on the test images
            of its own, and looks neither at these nor at the student's ``predict``.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: it tells fewer right, or answers in another shape.

    """
    right = _right(model, images, labels)
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

    A referee's seed is not the student's to choose. So a model that misses ``minimum`` by no more
    than ``LUCK`` is trained once more, with another seed, and the better one counts.

    Args:
        model: the classifier that should be the better one.
        other: the classifier to compare with.
        images: (n, ...) as both models take them, prepared; see ``generalises``.
        labels: (n,) the right classes, whole numbers.
        minimum: between 0 and 1.

    Raises:
        ClaimFailed: it is no better, or not good enough.

    """
    right, compared = (_right(one, images, labels) for one in (model, other))
    referee = _referee(model)
    if referee is not None and minimum - LUCK <= right < minimum:
        right = max(right, _measured(referee.again(OTHER_SEEDS[0], 1.0)))  # no accuracy is above 1
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


def accuracies(run: Run) -> list[float]:
    """Return the training accuracy after each epoch of the last fit: ``accuracy`` or ``acc``.

    Raises:
        ClaimFailed: no accuracy was logged.

    """
    last = run.logs[-run.fits[-1] :]
    for key in KEYS:
        if all(key in one for one in last):
            return [float(one[key]) for one in last]
    raise ClaimFailed(
        f"The history has no accuracy, only {', '.join(last[0])}. "
        'Compile the model with metrics=["accuracy"] and train again.'
    )


def accuracy_on(model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of images whose most probable class is the right one.

    Counted here from the model's predictions, so it does not depend on how it was compiled.

    Args:
        model: a classifier.
        images: (n, ...) as the model takes them.
        labels: (n,) the right classes.

    Raises:
        ClaimFailed: it does not answer with one row for each image.

    """
    predictions = array(
        model.predict(np.array(images), batch_size=BATCH, verbose=0), what="model.predict(images)"
    )
    if predictions.ndim != 2 or len(predictions) != len(labels):
        raise ClaimFailed(
            f"model.predict(images) has the shape {predictions.shape}, expected "
            f"({len(labels)}, classes): end the model in one Dense layer."
        )
    return float(np.mean(predictions.argmax(axis=1) == labels))


def _told(model: Any, history: Any) -> Run:
    """Return the model's run, if ``history`` is what its last fit returned."""
    run = trained(model)
    if not agrees(logs(history), run):
        raise ClaimFailed(
            "The history is not what the last fit of this model returned: its numbers were written "
            "by hand or changed by a callback, or are those of another fit. "
            "Write history = model.fit(...), and leave it as it is."
        )
    return run


def _right(model: Any, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of test images that is told right: measured, or else predicted here."""
    run = trained(model)
    return accuracy_on(model, images, labels) if _referee(model) is None else _measured(run)


def _measured(run: Run) -> float:
    if run.test_accuracy is None:
        raise RefereeError(
            f"the run {run.key} has no test accuracy: expected one that was measured; grade again"
        )
    return run.test_accuracy


def _referee(model: Any) -> Any:
    """Return what tells of the model's trainings, in an examiner; None in an ordinary kernel."""
    return getattr(model, "__referee__", None)


def _counted(run: Run) -> str:
    fits = f" in {len(run.fits)} calls of fit" if len(run.fits) > 1 else ""
    return f"{run.epochs} epoch{'' if run.epochs == 1 else 's'}{fits}"
