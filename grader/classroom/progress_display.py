"""Shows how the grading of a class gets on: live on a terminal, in lines elsewhere, or as JSON."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any, Protocol, Self

import humanize
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.classroom.class_progress import ClassProgress, OpenSubmission
from grader.engines.base import Event, Failed, Progressed, Started, Waiting, WentOn
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.model import Score
from grader.notebook.class_run import Result
from grader.notebook.judging.judge_messages import CellStarted, VerdictReached
from grader.reports.faulty_tests import faulty_tests
from grader.reports.few_names import few_names
from grader.reports.terminal.output_table import grid
from grader.reports.terminal.plain import plain

PLAIN_SECONDS = 30.0  # between two lines on how far the class is, where there is no terminal
_SHOWN = 12  # open submissions on a terminal


class Display(Protocol):
    """Shows a class while it is graded, within ``with``."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def follow(self, event: Event) -> None:
        """Show what the engine tells."""

    def show(self, result: Result) -> None:
        """Show a result."""


def display(name: str, progress: ClassProgress, console: Console, as_json: bool) -> Display:
    """The display that suits the output.

    Args:
        name: the assignment.
        progress: of the class; the display keeps it up to date.
        console: where it is shown.
        as_json: whether one event a line is written, for programs.
    """
    if as_json:
        return JsonLines(name, progress, console)
    kind = LiveDisplay if console.is_interactive else PlainLines
    return kind(name, progress, console)


class _ResultLines:
    """A line for each result that is new; one at the end for all that were graded before."""

    def __init__(self, name: str, progress: ClassProgress, console: Console) -> None:
        self._name, self._progress, self._console = name, progress, console
        self._unchanged: list[str] = []

    def __enter__(self) -> Self:
        """Nothing is shown yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say what was graded before: in a large class that is most of it, and in the table."""
        if self._unchanged:
            students = few_names(self._unchanged, "the table")
            self._print(f"{self._name}: graded earlier, nothing changed since: {students}")

    def show(self, result: Result) -> None:
        """Print the result, if it is new."""
        self._progress.count_result(result.student)
        if result.graded and not result.fresh and not result.other_penalty:
            self._unchanged.append(result.student)
        else:
            self._print(f"{self._name}: {line(result)}")

    def _print(self, text: str) -> None:
        self._console.print(plain(text), soft_wrap=True)


class PlainLines(_ResultLines):
    """Lines alone, and one now and then on how far the class is."""

    def __init__(self, name: str, progress: ClassProgress, console: Console) -> None:
        super().__init__(name, progress, console)
        self._next = time.monotonic() + PLAIN_SECONDS

    def follow(self, event: Event) -> None:
        """Count; say how far the class is if that was long ago."""
        self._progress.follow(event)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PLAIN_SECONDS
            self._print(f"{self._name}: {summary(self._progress)}")


class LiveDisplay(_ResultLines):
    """A bar, and what each open submission does; results stay above it."""

    def __init__(self, name: str, progress: ClassProgress, console: Console) -> None:
        super().__init__(name, progress, console)
        self._live = Live(console=console, get_renderable=self._rendered, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the bar; what is printed at the end takes its place."""
        self._live.stop()
        super().__exit__(*error)

    def follow(self, event: Event) -> None:
        """Count; the bar looks by itself."""
        self._progress.follow(event)

    def _rendered(self) -> RenderableType:
        progress = self._progress
        head = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=progress.total, completed=progress.done, width=30)
        head.add_row(Text(self._name, "bold"), bar)
        each = grid()  # names are folded and not cut, since cut names may be alike
        shown = list(progress.open.items())[:_SHOWN]
        for student, submission in shown:
            style = "dim" if submission.waiting else ""
            each.add_row(plain(f"  {student}", style), Text(activity(submission), style))
        more = len(progress.open) - len(shown)
        rest = [Text(f"  and {more} more", "dim")] if more else []
        return Group(head, Text(summary(progress)), each, *rest)


class JsonLines(contextlib.AbstractContextManager["JsonLines", None]):
    """An object on each line, for programs: see ``docs/grading.md``."""

    def __init__(
        self,
        name: str,
        progress: ClassProgress,
        console: Console,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._name, self._progress, self._console, self._now = name, progress, console, now
        self._faulty_tests: set[tuple[str, str]] = set()

    def __exit__(self, *error: object) -> None:
        """Say that this was all, if nothing went wrong."""
        if error[0] is None:
            self._write("end", done=self._progress.done, total=self._progress.total)

    def follow(self, event: Event) -> None:
        """Write what happens."""
        self._progress.follow(event)
        if (told := as_data(event)) is not None:
            name, data = told
            self._write(name, student=event.key, **data)

    def show(self, result: Result) -> None:
        """Write the result, and how far the class is."""
        self._progress.count_result(result.student)
        self._tell_faulty_tests(result)
        left = self._progress.seconds_left()
        self._write(
            "graded" if result.graded else "not_graded",
            student=result.student,
            **_result_data(result),
            done=self._progress.done,
            total=self._progress.total,
            seconds_left=None if left is None else round(left, 1),
        )

    def _tell_faulty_tests(self, result: Result) -> None:
        """Write what is wrong with a test, the first time that it is met."""
        for faulty in faulty_tests([result.graded] if result.graded else []):
            if (which := (faulty.claim, faulty.fault)) not in self._faulty_tests:
                self._faulty_tests.add(which)
                self._write("test_fault", claim=faulty.claim, fault=faulty.fault)

    def _write(self, event: str, **data: Any) -> None:
        written = {"event": event, "time": round(self._now(), 3), "assignment": self._name, **data}
        self._console.file.write(json.dumps(written) + "\n")
        self._console.file.flush()


def summary(progress: ClassProgress) -> str:
    """How far a class is, in a line."""
    parts = [f"{progress.done} of {progress.total} done"]
    parts += [f"{progress.running} running"] if progress.running else []
    parts += [f"{progress.waiting} waiting for a training"] if progress.waiting else []
    if (left := progress.seconds_left()) and progress.done < progress.total:
        parts.append(f"about {humanize.naturaldelta(left)} left")
    return ", ".join(parts)


def activity(submission: OpenSubmission) -> str:
    """What an open submission does, in a line."""
    training = submission.training
    if training is None or not submission.waiting:
        return submission.cell
    accuracy = "" if submission.accuracy is None else f", accuracy {submission.accuracy:.4f}"
    return (
        f"waits for network {training.network}, "
        f"epoch {training.epoch} of at most {training.epochs}{accuracy}"
    )


def line(result: Result) -> str:
    """A result in a line."""
    if result.graded is None:
        return f"{result.student} is not graded: {result.problem}"
    graded = result.graded
    when = f"in {graded.seconds:.0f} s" if result.fresh else "earlier, nothing changed since"
    when += " but the late penalty" if result.other_penalty else ""
    notes = "".join(f"; {note}" for note in graded.notes)
    where = "" if graded.sandbox != "none" else ", without a sandbox"
    score = result.score.text if result.score else "no score"
    return f"{graded.student} has {score}, graded {when}{where}{notes}"


def as_data(event: Event) -> tuple[str, dict[str, Any]] | None:
    """An event's name and data for ``--json``; None for one that is told otherwise."""
    match event:
        case Started(_, place):
            return "started", {"place": place}
        case Progressed(_, CellStarted(name)):
            return "cell", {"cell": name}
        case Progressed(_, VerdictReached(verdict)):
            return "verdict", {"claim": verdict.claim, "outcome": verdict.outcome.value}
        case Progressed(_, EpochAwaited() as awaited):
            return "epoch_awaited", _epoch(awaited)
        case Progressed(_, EpochTrained() as trained):
            data = {"accuracy": trained.accuracy, "fresh": trained.fresh}
            return "epoch_trained", _epoch(trained.awaited) | data
        case Waiting(_, reason):
            return "waiting", {"reason": reason}
        case WentOn():
            return "went_on", {}
        case Failed(_, error):
            return "failed", {"error": f"{type(error).__name__}: {error}"}
        case _:
            return None


def _epoch(awaited: EpochAwaited) -> dict[str, Any]:
    return {"network": awaited.network, "epoch": awaited.epoch, "epochs": awaited.epochs}


def _result_data(result: Result) -> dict[str, Any]:
    if result.graded is None:
        return {"problem": result.problem}
    graded = result.graded
    return {
        **_score_data(result.score),
        "seconds": round(graded.seconds, 2),
        "fresh": result.fresh,
        "without_score": [v.claim for v in graded.verdicts if v.score is None],
        "notes": list(graded.notes),
    }


def _score_data(score: Score | None) -> dict[str, Any]:
    if score is None:
        return {"score": None, "max_score": None, "to_mark": None}
    return {"score": score.earned, "max_score": score.possible, "to_mark": score.to_mark}
