"""Texts about a training, for pages."""

from __future__ import annotations

from collections.abc import Mapping

from grader.accuracy import logged_accuracy
from grader.language import N_, gettext, ngettext
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
    trained = epochs(run.epochs)
    if not run.parameters:
        return gettext("Training {number}: {epochs}", number=number, epochs=trained)
    return gettext(
        "Training {number}: {epochs}, {count:,} weights",
        number=number,
        epochs=trained,
        count=run.parameters,
    )


def end(run: Run) -> str:
    """How a run came to its end."""
    if run.stopped:
        return gettext("A callback stopped it after epoch {epoch}.", epoch=run.epochs)
    if run.cut:
        return gettext(
            "It was ended after epoch {epoch}: your code asked for {asked} epochs, and while work "
            "is graded a model is trained for at most {allowed}.",
            epoch=run.epochs,
            asked=run.asked,
            allowed=run.allowed,
        )
    if run.fits[-1] < run.asked:
        broke_off = N_(
            "It broke off after epoch {epoch}, and {asked} epochs were asked for: the cell that "
            "trains did not run to its end."
        )
        ended = N_("It ended after epoch {epoch}: {asked} epochs were asked for.")
        return gettext(broke_off if run.allowed else ended, epoch=run.epochs, asked=run.asked)
    return gettext(
        "It ran to the end that was asked for, {epochs}: no callback stopped it.",
        epochs=epochs(run.asked),
    )


def target(run: Run, level: float) -> str:
    """Whether and when a run came above the accuracy that the assignment asks for."""
    if (number := reached(run, level)) is not None:
        return gettext(
            "Its training accuracy was above {level:g} after epoch {epoch} for the first time.",
            level=level,
            epoch=number,
        )
    peak = best(run)
    if peak is None:
        return gettext(
            "Its training accuracy was never above {level:g}: it logged none.", level=level
        )
    in_this_run = N_(
        "In this run its training accuracy was at most {peak:.4f}, not above {level:g}."
    )
    never = N_("Its training accuracy was never above {level:g}: the highest was {peak:.4f}.")
    elsewhere = any(further.best > level for further in run.further)
    return gettext(in_this_run if elsewhere else never, peak=peak, level=level)


def further(run: Run) -> tuple[str, ...]:
    """How the same network did with other seeds, in sentences; empty if none was tried."""
    if not run.further:
        return ()
    began = gettext(
        "Another seed means other first weights, and so other numbers. This run, with seed 0, came "
        "near what is asked for, so the course trained the same network again:"
    )
    return (began, *(_with_seed(each) for each in run.further), _decided(run))


def _with_seed(run: FurtherRun) -> str:
    if run.above >= 1.0:
        unknown = run.test_accuracy is None
        return gettext(
            "With seed {seed} it classifies {share} of the test images correctly.",
            seed=run.seed,
            share=gettext("an unknown share") if unknown else f"{run.test_accuracy:.1%}",
        )
    if run.best > run.above:
        return gettext(
            "With seed {seed} its training accuracy came above {level:g} after epoch {epoch}: "
            "{best:.4f}.",
            seed=run.seed,
            level=run.above,
            epoch=run.epochs,
            best=run.best,
        )
    return gettext(
        "With seed {seed} its training accuracy was at most {best:.4f}, in {epochs}.",
        seed=run.seed,
        best=run.best,
        epochs=epochs(run.epochs),
    )


def _decided(run: Run) -> str:
    """Which of the runs counts, for each of what other seeds were tried for."""
    trained = {each.seed: each.best for each in run.further if each.above < 1.0}
    tested = {each.seed: each.test_accuracy or 0.0 for each in run.further if each.above >= 1.0}
    said = []
    if trained:
        seed = _best_seed(trained, best(run) or 0.0)
        accuracy = N_("For the training accuracy the best run counts, with seed {seed}.")
        said.append(gettext(accuracy, seed=seed))
    if tested:
        seed = _best_seed(tested, run.test_accuracy or 0.0)
        images = N_("For the test images the best run counts, with seed {seed}.")
        said.append(gettext(images, seed=seed))
    return " ".join(said)


def _best_seed(reached: Mapping[int, float], own: float) -> int:
    """The seed of the best run; 0, the own run's, if none is better."""
    seed = max(reached, key=reached.__getitem__)
    return seed if reached[seed] > own else 0


def measured(run: Run) -> str:
    """The images that the network classified correctly in the end; empty if not measured."""
    train, test = run.train_accuracy, run.test_accuracy
    if train is not None and test is not None:
        said = N_(
            "In the end the network classifies {train:.2%} of the training images and {test:.2%} "
            "of the test images correctly."
        )
    elif train is not None:
        said = N_("In the end the network classifies {train:.2%} of the training images correctly.")
    elif test is not None:
        said = N_("In the end the network classifies {test:.2%} of the test images correctly.")
    else:
        return ""
    return gettext(said, train=train, test=test)


def accuracies(run: Run) -> str:
    """The curve for those who do not see it: a number an epoch."""
    values = [logged_accuracy(logs) for logs in run.logs]
    return ", ".join(gettext("none") if value is None else f"{value:.4f}" for value in values)


def epochs(count: int) -> str:
    """A number of epochs."""
    return ngettext("{count} epoch", "{count} epochs", count)


def seconds(count: float) -> str:
    """A time for people."""
    if count < 10:
        return gettext("{count:.1f} s", count=count)
    if count < 600:
        return gettext("{count:.0f} s", count=count)
    return gettext("{count:.0f} min", count=count / 60)
