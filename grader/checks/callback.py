"""Claims about the callback that ends a training: in rehearsals, and in the training itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from grader.checks.rehearsal import Rehearsal, rehearse
from grader.errors import ClaimFailed
from grader.model import Run

TARGET = 0.998
MESSAGE = "Reached 99.8% accuracy so cancelling training!"
# What Keras calls the metric depends on how `compile` was told: metrics=["accuracy"] or ["acc"].
KEYS = ("accuracy", "acc")


def stops_at_target(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that the training stops after the first epoch whose accuracy is above ``TARGET``.

    Args:
        callback_class: as for ``grader.checks.rehearsal.rehearse``.
        accuracies: at least one above ``TARGET``; those before it well below, since stopping too
            early is another claim's matter.

    Raises:
        ClaimFailed: it stops at another epoch, or never.

    """
    hit = _first_above(accuracies)
    stopped = _rehearsed(callback_class, accuracies).stopped_after
    if stopped != hit:
        raise ClaimFailed(
            f"With the made-up accuracies {_listing(accuracies)} the training "
            f"{_ending(stopped)}, expected: it stops after epoch {hit}, the first above {TARGET}. "
            + _advice()
        )


def keeps_going_below_target(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that no epoch stops the training while its accuracy is at most ``TARGET``.

    Raises:
        ClaimFailed: it stops.

    """
    stopped = _rehearsed(callback_class, accuracies).stopped_after
    if stopped is not None:
        raise ClaimFailed(
            f"With the made-up accuracies {_listing(accuracies)} the training stopped after epoch "
            f"{stopped}, whose accuracy, {accuracies[stopped - 1]:.6g}, is not above {TARGET}. "
            f"Compare with > {TARGET}."
        )


def stop_message(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that ``MESSAGE`` is printed once, in the epoch that ends the training, not before.

    Args:
        callback_class: as for ``grader.checks.rehearsal.rehearse``.
        accuracies: the last one above ``TARGET``, or none of them: then nothing may be announced.

    Raises:
        ClaimFailed: it is not printed, more than once, or in another epoch.

    """
    seen = _rehearsed(callback_class, accuracies)
    counts = [printed.count(MESSAGE) for printed in seen.printed]
    # A callback that stops too early, or never, is judged by another claim.
    ending = seen.stopped_after or _first_above(accuracies)
    with_accuracies = f"With the made-up accuracies {_listing(accuracies)}"
    early = next((epoch for epoch, n in enumerate(counts, 1) if n and epoch != ending), None)
    if early is not None:
        raise ClaimFailed(
            f"{with_accuracies} the message appeared in epoch {early}, but the training "
            f"{_ending(ending)}. Print it in the same `if` that stops the training."
        )
    if ending is not None and counts[ending - 1] != 1:
        raise ClaimFailed(
            f"{with_accuracies} epoch {ending} printed {seen.printed[ending - 1]!r}, expected "
            f"{MESSAGE!r} in it once, found {counts[ending - 1]} times. Call "
            f'print("{MESSAGE}") where you stop the training.'
        )


def acts_in_training(callback_class: Any) -> None:
    """Check that the callback did in each real training what it does in rehearsals.

    Only an examiner knows what trainings there were: its handle of the class offers
    ``__trainings__()``, the runs in which a callback of the class took part. Each run's logs are
    rehearsed. In an ordinary kernel there is nothing to compare with, and nothing is checked.

    Args:
        callback_class: as for ``grader.checks.rehearsal.rehearse``.

    Raises:
        ClaimFailed: a training went on after the target, or ended elsewhere than in its rehearsal.

    """
    trainings = getattr(callback_class, "__trainings__", None)
    for run in trainings() if trainings is not None else ():
        _expect_as_rehearsed(callback_class, run)


def _expect_as_rehearsed(callback_class: Any, run: Run) -> None:
    """Compare the last fit of a run with its rehearsal."""
    logs = run.logs[-run.fits[-1] :]
    accuracies = [next((logged[key] for key in KEYS if key in logged), 0.0) for logged in logs]
    hit = _first_above(accuracies)
    if hit is not None and hit < len(logs):  # one that remembers its training may rehearse alike
        raise ClaimFailed(
            f"The training went on after epoch {hit}, whose accuracy, {accuracies[hit - 1]:.6g}, "
            f"is above {TARGET}. {_advice()}"
        )
    rehearsed = rehearse(callback_class, logs).stopped_after
    # Another callback beside this one may have been the one that ended the training.
    goes_on = not run.stopped or len(set(run.callbacks)) > 1
    if not (goes_on if rehearsed is None else rehearsed == len(logs)):
        raise ClaimFailed(
            f"With the accuracies of your training, {_listing(accuracies)}, the training "
            f"{_ending(len(logs) if run.stopped else None)}, but a rehearsal {_ending(rehearsed)}. "
            "The callback must do the same in both: let it look at nothing but logs."
        )


def _rehearsed(callback_class: Any, accuracies: Sequence[float]) -> Rehearsal:
    """Rehearse under the key that the callback reads."""
    return rehearse(callback_class, _made_up(accuracies, _key_read(callback_class)))


def _made_up(accuracies: Sequence[float], key: str) -> list[dict[str, float]]:
    """Logs with these accuracies, and losses that go with them as little as real ones do."""
    return [
        {key: float(accuracy), "loss": random.uniform(1.0, 4.0) * (1.001 - float(accuracy))}
        for accuracy in accuracies
    ]


def _key_read(callback_class: Any) -> str:
    """Find the key under which the callback looks for the accuracy; either is right.

    One that asks for the other key receives None, and may well crash on comparing it. If it crashes
    with both, or never stops, the rehearsal that follows shows that.
    """
    calm = []
    for key in KEYS:
        try:
            stopped = rehearse(callback_class, _made_up([1.0], key)).stopped_after
        except ClaimFailed:
            raise
        except Exception:  # a student's callback may raise anything
            continue
        if stopped:
            return key
        calm.append(key)
    return (calm or KEYS)[0]


def _first_above(accuracies: Sequence[float]) -> int | None:
    return next((n for n, accuracy in enumerate(accuracies, 1) if accuracy > TARGET), None)


def _listing(accuracies: Sequence[float]) -> str:
    return ", ".join(f"{accuracy:.6g}" for accuracy in accuracies)


def _ending(epoch: int | None) -> str:
    return "went on to the end" if epoch is None else f"stopped after epoch {epoch}"


def _advice() -> str:
    return (
        f"The keys in logs were {KEYS[0]!r} and 'loss', or {KEYS[1]!r} and 'loss': read one of "
        "the accuracies in on_epoch_end, and set self.model.stop_training = True."
    )
