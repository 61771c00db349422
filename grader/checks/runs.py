"""The run of a trained model: who carried it out, on what, and what it logged."""

from __future__ import annotations

from typing import Any

from grader.accuracy import named_accuracy
from grader.checks.history import recorded
from grader.checks.protocols import TrainingRecord, capability
from grader.errors import ClaimFailed
from grader.model import Run


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


def expect_whole(run: Run) -> None:
    """Check that a run was on the whole training set, or held back at most half of it.

    A network that has seen few images says nothing about the others, and learns faster.

    Args:
        run: as ``trained`` returns it.

    Raises:
        ClaimFailed: it was on a smaller part.

    Example:
        In a test cell, with the student's ``model``::

            expect_whole(trained(model))
    """
    if run.whole is False:
        raise ClaimFailed(
            "The model was trained on a part of the training images, and the claim is about a "
            "training on all of them. Give fit all training images and their labels, "
            "and hold back at most half of them: with validation_split, or drawn at random."
        )
