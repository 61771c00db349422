"""Claims about a training, by the facts of the run.

While a submission is graded, the referee carries out each training: it counts the epochs, logs
the accuracies and measures the network, and nothing that the student's process says of them
counts. In an ordinary kernel the same claims rest on what Keras recorded.
"""

from __future__ import annotations

from typing import Any

from grader.checks.further_seeds import best_of_further_seeds, highest
from grader.checks.history import agrees, logs
from grader.checks.runs import accuracies, expect_whole, trained
from grader.checks.unseen_images import accuracy_on, better_than, generalises
from grader.errors import ClaimFailed
from grader.language import N_, gettext, ngettext
from grader.model import Run

__all__ = [  # test cells import all of them from here
    "accuracies",
    "accuracy_on",
    "better_than",
    "fewer_than",
    "generalises",
    "reaches",
    "trained",
    "trained_epochs",
]

HARDLY_LEARNS = 0.4  # of training accuracy: the smallest networks come to more in one epoch


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
    expect_whole(run)
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
