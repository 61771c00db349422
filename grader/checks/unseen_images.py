"""Claims about what a trained model makes of images that it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array
from grader.checks.further_seeds import OTHER_SEEDS
from grader.checks.protocols import TrainingRecord, capability
from grader.checks.runs import expect_whole, trained
from grader.errors import ClaimFailed, RefereeError
from grader.model import Run

BATCH = 256
# Of the error that a minimum leaves: what the first weights of a network may well be worth. Errors
# of one network with several seeds deviate by up to so much (docs/grading.md).
LUCK = 0.1


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
        expect_whole(trained(each))
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
