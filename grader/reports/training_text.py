"""What pages say of a training, in words."""

from __future__ import annotations

from grader.accuracy import logged_accuracy
from grader.model import Run


def reached(run: Run, target: float) -> int | None:
    """The first epoch, from 1, whose training accuracy was above ``target``; None: none was."""
    for number, logs in enumerate(run.logs, 1):
        value = logged_accuracy(logs)
        if value is not None and value > target:
            return number
    return None


def best(run: Run) -> float | None:
    """The highest training accuracy that an epoch logged; None where none did."""
    values = [value for logs in run.logs if (value := logged_accuracy(logs)) is not None]
    return max(values, default=None)


def title(run: Run, number: int) -> str:
    """What a run is called: runs have no names of their own."""
    weights = f", {run.parameters:,} weights" if run.parameters else ""
    return f"Training {number}: {epochs(run.epochs)}{weights}"


def end(run: Run) -> str:
    """How a run came to its end."""
    last = run.fits[-1]
    if run.stopped:
        return f"A callback stopped it after epoch {run.epochs}."
    if last < run.asked:
        return f"It ended after epoch {run.epochs}: {run.asked} epochs were asked for."
    return f"It ran to the end that was asked for, {epochs(run.asked)}: no callback stopped it."


def target(run: Run, level: float) -> str:
    """Whether and when a run came above the accuracy that the assignment asks for."""
    if (number := reached(run, level)) is not None:
        return f"Its training accuracy was above {level:g} after epoch {number} for the first time."
    peak = best(run)
    highest = f"the highest was {peak:.4f}" if peak is not None else "it logged no accuracy"
    return f"Its training accuracy was never above {level:g}: {highest}."


def measured(run: Run) -> str:
    """The images that the network classified correctly in the end; empty if not measured."""
    parts = [
        f"{share:.2%} of the {name} images"
        for share, name in ((run.train_accuracy, "training"), (run.test_accuracy, "test"))
        if share is not None
    ]
    return f"In the end the network classifies {' and '.join(parts)} correctly." if parts else ""


def accuracies(run: Run) -> str:
    """The curve for those who do not see it: a number an epoch."""
    values = [logged_accuracy(logs) for logs in run.logs]
    return ", ".join("none" if value is None else f"{value:.4f}" for value in values)


def epochs(count: int) -> str:
    """A number of epochs."""
    return f"{count} epoch{'' if count == 1 else 's'}"


def seconds(count: float) -> str:
    """A time for people."""
    if count < 10:
        return f"{count:.1f} s"
    return f"{count:.0f} s" if count < 600 else f"{count / 60:.0f} min"
