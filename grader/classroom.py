"""Grades a class in front of a person: progress while it runs, a table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader import datasets
from grader.model import Graded
from grader.notebook import assignments, autograde
from grader.notebook.assignments import Assignment
from grader.notebook.autograde import Result
from grader.reports import table
from grader.sandbox.host import try_sandbox
from grader.settings import Settings


@dataclass(frozen=True)
class ClassResult:
    """What grading a class for one assignment came to."""

    assignment: Assignment
    results: tuple[Result, ...]

    @property
    def graded(self) -> tuple[Graded, ...]:
        """The submissions that have verdicts."""
        return tuple(result.graded for result in self.results if result.graded)

    @property
    def complete(self) -> bool:
        """Whether every submission has a verdict of ours on every claim."""
        return len(self.graded) == len(self.results) and all(
            verdict.score is not None for one in self.graded for verdict in one.verdicts
        )


def grade_class(
    settings: Settings,
    name: str,
    console: Console,
    *,
    students: Sequence[str] = (),
    again: bool = False,
    why: bool = False,
    timings: bool = False,
) -> ClassResult:
    """Grade everything handed in for an assignment, and print the table.

    Args:
        settings: the course.
        name: the assignment.
        console: where progress and table go.
        students: only these; everyone who handed something in, if left out.
        again: grade anew also what is graded already.
        why: print also why points were lost.
        timings: print also where the time went.

    Raises:
        GraderError: nothing could be graded at all; the message says what to do.
    """
    assignment = assignments.load(settings, name)
    datasets.verify(settings.data)
    if settings.sandbox == "none":
        console.print("[bold yellow]No sandbox: student code can do whatever you can.[/]")
    else:
        try_sandbox()
    result = ClassResult(assignment, _graded(settings, name, console, students, again))
    problems = [(one.student, one.problem) for one in result.results if one.graded is None]
    console.print(table.class_table(name, assignment.claims, result.graded, problems))
    console.print(
        table.trainings([one.graded for one in result.results if one.graded and one.fresh])
    )
    if why:
        for one in result.graded:
            if one.score < one.max_score:
                console.print(table.explanations(one))
    if timings:
        console.print(table.timings_table([one.timings for one in result.results if one.timings]))
    console.print()
    return result


def _graded(
    settings: Settings, name: str, console: Console, students: Sequence[str], again: bool
) -> tuple[Result, ...]:
    """Every result, announced as it is there."""
    students = autograde.choose(settings, name, students)
    results = []
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task(name, total=len(students))

        def show(student: str, cell: str) -> None:
            progress.update(task, description=f"{name}: {student}, {cell}")

        for result in autograde.grade(settings, name, students, again, show):
            progress.advance(task)
            console.print(f"{name}: {_line(result)}", highlight=False, markup=False)
            results.append(result)
    return tuple(results)


def _line(result: Result) -> str:
    if result.graded is None:
        return f"{result.student} is not graded: {result.problem}"
    one = result.graded
    when = f"in {one.seconds:.0f} s" if result.fresh else "earlier, nothing changed since"
    notes = "".join(f"; {note}" for note in one.notes)
    where = "" if one.sandbox != "none" else ", without a sandbox"
    return f"{one.student} has {one.score:g} of {one.max_score:g}, graded {when}{where}{notes}"
