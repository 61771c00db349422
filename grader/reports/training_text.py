"""What pages say of a training, in words."""

from __future__ import annotations

from collections.abc import Mapping

from grader.accuracy import logged_accuracy
from grader.model import FurtherRun, Run


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
    if run.stopped:
        return f"A callback stopped it after epoch {run.epochs}."
    if run.cut:
        return (
            f"It was ended after epoch {run.epochs}: your code asked for {run.asked} epochs, and "
            f"while work is graded a model is trained for at most {run.allowed}."
        )
    if run.fits[-1] < run.asked:
        return (
            f"It broke off after epoch {run.epochs}, and {run.asked} epochs were asked for: the "
            "cell that trains did not run to its end."
            if run.allowed
            else f"It ended after epoch {run.epochs}: {run.asked} epochs were asked for."
        )
    return f"It ran to the end that was asked for, {epochs(run.asked)}: no callback stopped it."


def target(run: Run, level: float) -> str:
    """Whether and when a run came above the accuracy that the assignment asks for."""
    if (number := reached(run, level)) is not None:
        return f"Its training accuracy was above {level:g} after epoch {number} for the first time."
    peak = best(run)
    if peak is None:
        return f"Its training accuracy was never above {level:g}: it logged none."
    if any(further.best > level for further in run.further):
        return f"In this run its training accuracy was at most {peak:.4f}, not above {level:g}."
    return f"Its training accuracy was never above {level:g}: the highest was {peak:.4f}."


def further(run: Run) -> tuple[str, ...]:
    """What came of the same network with other seeds, in sentences; empty if none was tried."""
    if not run.further:
        return ()
    began = (
        "Another seed means other first weights, and so other numbers. This run, with seed 0, came "
        "near what is asked for, so the course trained the same network again:"
    )
    return (began, *(_with_seed(each) for each in run.further), _decided(run))


def _with_seed(run: FurtherRun) -> str:
    if run.above >= 1.0:
        share = "an unknown share" if run.test_accuracy is None else f"{run.test_accuracy:.1%}"
        return f"With seed {run.seed} it classifies {share} of the test images correctly."
    if run.best > run.above:
        return (
            f"With seed {run.seed} its training accuracy came above {run.above:g} after epoch "
            f"{run.epochs}: {run.best:.4f}."
        )
    return (
        f"With seed {run.seed} its training accuracy was at most {run.best:.4f}, in "
        f"{epochs(run.epochs)}."
    )


def _decided(run: Run) -> str:
    """Which of the runs counts, for each of what other seeds were tried for."""
    trained = {each.seed: each.best for each in run.further if each.above < 1.0}
    tested = {each.seed: each.test_accuracy or 0.0 for each in run.further if each.above >= 1.0}
    said = []
    if trained:
        best_seed = _best_seed(trained, best(run) or 0.0)
        said.append(f"For the training accuracy the best run counts, with seed {best_seed}.")
    if tested:
        best_seed = _best_seed(tested, run.test_accuracy or 0.0)
        said.append(f"For the test images the best run counts, with seed {best_seed}.")
    return " ".join(said)


def _best_seed(reached: Mapping[int, float], own: float) -> int:
    """The seed of the best run; 0, the own run's, if none is better."""
    seed = max(reached, key=reached.__getitem__)
    return seed if reached[seed] > own else 0


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
