"""Grades a class in front of a person: progress while it runs, a table at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console

from grader.classroom.class_progress import ClassProgress
from grader.classroom.progress_display import display
from grader.engines.base import Engine
from grader.model import Graded, Score
from grader.notebook import autograde, titles
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.class_run import Result
from grader.notebook.memory_capacity import local_capacity
from grader.reports.terminal import class_table
from grader.settings import Settings


@dataclass(frozen=True)
class ClassResult:
    """The results of grading a class for one assignment."""

    assignment: Assignment
    results: tuple[Result, ...]

    @property
    def graded(self) -> tuple[Graded, ...]:
        """The submissions that have verdicts."""
        return tuple(result.graded for result in self.results if result.graded)

    @property
    def scores(self) -> dict[str, Score]:
        """Student to the score of the whole submission."""
        return {result.student: result.score for result in self.results if result.score}

    @property
    def complete(self) -> bool:
        """Whether every submission has a verdict of ours on every claim."""
        return len(self.graded) == len(self.results) and all(
            not verdict.faulty for submission in self.graded for verdict in submission.verdicts
        )


@dataclass(frozen=True)
class Options:
    """Whose work is graded, where, and what is printed.

    Attributes:
        students: only these; everyone who handed something in, if left out.
        force: also re-grade submissions whose verdicts are up to date.
        workers: submissions that compute at once; see ``autograde.grade``.
        cluster: where to grade: ``local:N``, or a scheduler's address; empty for this machine.
        insecure: whether the cluster may be reached without TLS.
        as_json: write one event a line instead of progress and tables.
        why: print also why points were lost.
        timings: print also where the time went.
    """

    students: Sequence[str] = ()
    force: bool = False
    workers: int | None = None
    cluster: str = ""
    insecure: bool = False
    as_json: bool = False
    why: bool = False
    timings: bool = False


def grade_class(
    settings: Settings, name: str, console: Console, options: Options | None = None
) -> ClassResult:
    """Grade everything handed in for an assignment, and print what a person needs to know.

    What needs a person comes first: submissions without a grade, claims without a score, notes.

    Args:
        settings: the course.
        name: the assignment.
        console: where progress and table go.
        options: whose work is graded, where, and what is printed.

    Raises:
        GraderError: nothing could be graded at all; the message says what to do.
    """
    options = options or Options()
    assignment = load_assignment(settings, name)
    if settings.sandbox == "none" and not options.as_json:
        console.print("No sandbox: student code can do whatever you can.", style="bold yellow")
    students = autograde.choose(settings, name, options.students)
    chosen = replace(options, students=students)
    with _place(settings, assignment, chosen) as place:
        result = ClassResult(assignment, _graded(settings, assignment, console, chosen, place))
    if not options.as_json:
        _print(result, titles.labelled(settings, assignment), console, options)
    return result


def _print(result: ClassResult, heading: str, console: Console, options: Options) -> None:
    """Print the class: what needs a person, the table, and what was asked for beside it."""
    assignment, results = result.assignment, result.results
    problems = [(each.student, each.problem) for each in results if each.graded is None]
    console.print(class_table.needs_person(problems, result.graded))
    console.print(
        class_table.class_table(heading, assignment.claims, result.graded, result.scores, problems)
    )
    console.print(
        class_table.trainings([each.graded for each in results if each.graded and each.fresh])
    )
    if options.why:
        for submission in result.graded:
            if submission.score < submission.max_score:
                console.print(class_table.explanations(submission))
    if options.timings:
        console.print(class_table.timings_table([each.timings for each in results if each.timings]))
    console.print()


@dataclass(frozen=True)
class _Place:
    """Where a class is graded.

    Attributes:
        workers: submissions that compute at once.
        engine: judges them; None for this machine's.
        require: raises ``GraderError`` where nothing can be judged; called if anything must be.
    """

    workers: int
    engine: Engine | None
    require: Callable[[], None]


def _require_data(settings: Settings) -> None:
    from grader import datasets

    datasets.verify(settings.data)


def _require_here(settings: Settings) -> None:
    """Ensure that this machine has what judges need."""
    _require_data(settings)
    if settings.sandbox != "none":
        from grader.sandbox.host import try_sandbox

        try_sandbox()


@contextmanager
def _place(settings: Settings, assignment: Assignment, options: Options) -> Iterator[_Place]:
    workers = options.workers
    if not options.cluster:
        asked = workers if workers is not None else settings.workers or None
        capacity = local_capacity(settings, assignment, asked)
        yield _Place(capacity.workers, None, lambda: _require_here(settings))
        return
    from grader.cluster.session import session

    where, insecure = options.cluster, options.insecure
    with session(settings, assignment, where, workers=workers, insecure=insecure) as ready:
        # Its nodes try the sandbox themselves.
        yield _Place(ready.workers, ready.engine, lambda: _require_data(settings))


def _graded(
    settings: Settings, assignment: Assignment, console: Console, options: Options, place: _Place
) -> tuple[Result, ...]:
    """Every result, shown as it is there; in the order of students."""
    name, students = assignment.name, options.students
    known = autograde.expected_seconds(settings, name, students)
    progress = ClassProgress(len(students), place.workers, known)
    results = []
    with display(name, progress, console, options.as_json) as shown:
        for result in autograde.grade(
            settings,
            name,
            students,
            force=options.force,
            assignment=assignment,
            workers=place.workers,
            engine=place.engine,
            follow=shown.follow,
            before_judging=place.require,
        ):
            shown.show(result)
            results.append(result)
    return tuple(sorted(results, key=lambda result: students.index(result.student)))
