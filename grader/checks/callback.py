"""Claims about the callback that ends a training: in dry runs, and in the training itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from grader.accuracy import ALL_NAMES, NAMES, named_accuracy
from grader.checks import callback_notes as notes
from grader.checks.dry_run import DryRun, Logs, dry_run
from grader.checks.protocols import CallbackProxy, capability
from grader.errors import ClaimFailed
from grader.language import gettext
from grader.model import Run
from grader.sandbox.guest.fit.log_errors import comes_of_logs

# What the course's own exercise asks for; a variant of it passes others.
TARGET = 0.998
MESSAGE = "Reached 99.8% accuracy so cancelling training!"


def stops_at_target(
    callback_class: Any, accuracies: Sequence[float], *, target: float = TARGET
) -> None:
    """Check that the training stops after the first epoch whose accuracy is above the target.

    Another dry run has an accuracy there that is only just above: a callback that rounds would stop
    in some trainings, and not in others.

    Args:
        callback_class: the student's class of callbacks; see ``grader.checks.dry_run.dry_run``.
        accuracies: for each epoch of a dry run, from 0 to 1. At least one is above the target; keep
            those before it well below, since stopping too early is the matter of another claim.
        target: the accuracy above which the training ends.

    Raises:
        ClaimFailed: the training stops after another epoch, or not at all.

    Example:
        In a test cell, with the student's ``StopAtTarget``::

            stops_at_target(StopAtTarget, [0.91, 0.94, 0.9985, 0.999])
    """
    _expect_stop(callback_class, accuracies, target, _advice())
    advice = gettext("Compare the accuracy as it stands in logs, and do not round it.")
    _expect_stop(callback_class, _just_above(accuracies, target), target, advice)


def keeps_going_below_target(
    callback_class: Any, accuracies: Sequence[float], *, target: float = TARGET
) -> None:
    """Check that no epoch stops the training while its accuracy is at most the target.

    Args:
        callback_class: the student's class of callbacks; see ``grader.checks.dry_run.dry_run``.
        accuracies: for each epoch of a dry run, from 0 to the target.
        target: the accuracy above which the training ends.

    Raises:
        ClaimFailed: the training stops.

    Example:
        In a test cell, with the student's ``StopAtTarget``::

            keeps_going_below_target(StopAtTarget, [0.9, 0.99, 0.9975, 0.998])
    """
    stopped = _dry_run_of(callback_class, accuracies).stopped_after
    if stopped is not None:
        raise ClaimFailed(
            "With the made-up accuracies {listing} the training stopped after epoch "
            "{stopped}, whose accuracy, {accuracy:.6g}, is not above {target}. "
            "Compare with > {target}.",
            listing=_listing(accuracies),
            stopped=stopped,
            accuracy=accuracies[stopped - 1],
            target=target,
        )


def stop_message(
    callback_class: Any,
    accuracies: Sequence[float],
    *,
    target: float = TARGET,
    message: str = MESSAGE,
) -> None:
    """Check that the message is printed once, in the epoch that ends the training, and not before.

    Args:
        callback_class: the student's class of callbacks; see ``grader.checks.dry_run.dry_run``.
        accuracies: for each epoch of a dry run, from 0 to 1. Only the last is above the target, or
            none: then the message must not appear.
        target: the accuracy above which the training ends.
        message: the text that must be part of what is printed.

    Raises:
        ClaimFailed: the message is missing, appears more than once, or in another epoch.

    Example:
        In a test cell, with the student's ``StopAtTarget``::

            stop_message(StopAtTarget, [0.91, 0.99, 0.9985])
    """
    seen = _dry_run_of(callback_class, accuracies)
    counts = [printed.count(message) for printed in seen.printed]
    # A callback that stops too early, or never, is judged by another claim.
    ending = seen.stopped_after or _first_above(accuracies, target)
    early = next((epoch for epoch, n in enumerate(counts, 1) if n and epoch != ending), None)
    if early is not None:
        raise ClaimFailed(
            "With the made-up accuracies {listing} the message appeared in epoch {early}, but the "
            "training {ending}. Print it in the same `if` that stops the training.",
            listing=_listing(accuracies),
            early=early,
            ending=_ending(ending),
        )
    if ending is not None and counts[ending - 1] != 1:
        raise ClaimFailed(
            "With the made-up accuracies {listing} epoch {ending} printed {printed!r}, expected "
            "{message!r} in it once, found {times} times. Call "
            'print("{message}") where you stop the training.',
            listing=_listing(accuracies),
            ending=ending,
            printed=seen.printed[ending - 1],
            message=message,
            times=counts[ending - 1],
        )


def acts_in_training(callback_class: Any, *, target: float = TARGET) -> None:
    """Check that the callback did in each real training what it does in dry runs.

    Only an examiner knows the trainings: its proxy of the class tells the runs in which a callback
    of the class took part. A dry run with a run's logs must end as the run did. In an ordinary
    kernel there is nothing to compare with, and nothing is checked. A claim that calls this needs
    the line ``# Judged: after training``.

    Args:
        callback_class: the student's class of callbacks; see ``grader.checks.dry_run.dry_run``.
        target: the accuracy above which a training ends.

    Raises:
        ClaimFailed: a training went on after the target, or ended elsewhere than in its dry run.

    Example:
        In a test cell, with the student's ``StopAtTarget``::

            acts_in_training(StopAtTarget)
    """
    proxy = capability(callback_class, CallbackProxy)
    for run in proxy.runs() if proxy is not None else ():
        _expect_as_in_dry_run(callback_class, run, target)


def _expect_stop(
    callback_class: Any, accuracies: Sequence[float], target: float, advice: str
) -> None:
    """Expect the end after the first epoch above the target."""
    hit = _first_above(accuracies, target)
    stopped = _dry_run_of(callback_class, accuracies).stopped_after
    if stopped != hit:
        raise ClaimFailed(
            "With the made-up accuracies {listing} the training {ending}, expected: it stops "
            "after epoch {hit}, the first above {target}. {advice}",
            listing=_listing(accuracies),
            ending=_ending(stopped),
            hit=hit,
            target=target,
            advice=advice,
        )


def _just_above(accuracies: Sequence[float], target: float) -> list[float]:
    """The same, but for the first accuracy above the target, which is nearer to it."""
    hit = _first_above(accuracies, target) or len(accuracies)
    return [*accuracies[: hit - 1], target + (1 - target) / 20, *accuracies[hit:]]


def _expect_as_in_dry_run(callback_class: Any, run: Run, target: float) -> None:
    """Compare the last fit of a run with a dry run on the same logs."""
    logs = run.logs[-run.fits[-1] :]
    accuracies = [named_accuracy(logged) or 0.0 for logged in logs]
    hit = _first_above(accuracies, target)
    if hit is not None and hit < len(
        logs
    ):  # one that remembers its training may behave in a dry run
        raise ClaimFailed(
            "The training went on after epoch {hit}, whose accuracy, {accuracy:.6g}, "
            "is above {target}. {advice}",
            hit=hit,
            accuracy=accuracies[hit - 1],
            target=target,
            advice=_advice(),
        )
    try:
        in_dry_run = _noting_keys(callback_class, logs).stopped_after
    except ClaimFailed:
        raise
    except Exception:
        # What the callback raises ends the training, too, and the claims about that say so.
        if len(logs) < run.asked and not run.stopped:
            return
        raise
    # Another callback beside this one may have been the one that ended the training.
    goes_on = not run.stopped or len(set(run.callbacks)) > 1
    if not (goes_on if in_dry_run is None else in_dry_run == len(logs)):
        raise ClaimFailed(
            "With the accuracies of your training, {listing}, the training "
            "{ending}, but a dry run {in_dry_run}. "
            "The callback must do the same in both: let it look at nothing but logs.",
            listing=_listing(accuracies),
            ending=_ending(len(logs) if run.stopped else None),
            in_dry_run=_ending(in_dry_run),
        )


def _dry_run_of(callback_class: Any, accuracies: Sequence[float]) -> DryRun:
    """A dry run under the key that the callback reads."""
    return _noting_keys(callback_class, _made_up(accuracies, _key_read(callback_class)))


def _noting_keys(callback_class: Any, logs: Logs) -> DryRun:
    """A dry run; what the callback raises over ``logs`` says which keys there are."""
    try:
        return dry_run(callback_class, logs)
    except ClaimFailed:
        raise
    except Exception as error:
        if "__init__() missing" in str(error):
            error.add_note(notes.no_arguments())
        elif "name 'model' is not defined" in str(error):
            error.add_note(notes.own_model())
        elif comes_of_logs(error):
            error.add_note(notes.about_keys(logs[0]))
        raise


def _made_up(accuracies: Sequence[float], key: str) -> list[dict[str, float]]:
    """Logs with these accuracies, and losses that go with them as little as real ones do."""
    return [
        {key: float(accuracy), "loss": random.uniform(1.0, 4.0) * (1.001 - float(accuracy))}
        for accuracy in accuracies
    ]


def _key_read(callback_class: Any) -> str:
    """Find the key under which the callback looks for the accuracy; each is right.

    One that asks for another key receives None, and may well crash on comparing it. If it crashes
    with all, or never stops, the dry run that follows shows that.
    """
    calm = []
    for key in ALL_NAMES:
        try:
            stopped = dry_run(callback_class, _made_up([1.0], key)).stopped_after
        except ClaimFailed:
            raise
        except Exception:  # a student's callback may raise anything
            continue
        if stopped:
            return key
        calm.append(key)
    return (calm or NAMES)[0]


def _first_above(accuracies: Sequence[float], target: float) -> int | None:
    return next((n for n, accuracy in enumerate(accuracies, 1) if accuracy > target), None)


def _listing(accuracies: Sequence[float]) -> str:
    return ", ".join(f"{accuracy:.6g}" for accuracy in accuracies)


def _ending(epoch: int | None) -> str:
    if epoch is None:
        return gettext("went on to the end")
    return gettext("stopped after epoch {epoch}", epoch=epoch)


def _advice() -> str:
    others = ", ".join(map(repr, ALL_NAMES[1:]))
    return gettext(
        "The keys in logs were 'loss' and {name!r}, or one of {others} in its place: read "
        "the accuracy in on_epoch_end, and set self.model.stop_training = True.",
        name=NAMES[0],
        others=others,
    )
