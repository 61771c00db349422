"""Grades the submissions of one assignment, one after the other, through nbgrader."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nbgrader.converters import Autograde

from grader.errors import CourseError, GraderError
from grader.model import Graded, Timing
from grader.notebook import assignments, folders, gradebook, handed_in, reading, referees, verdicts
from grader.notebook.converters import convert
from grader.notebook.stopwatch import Stopwatch
from grader.settings import Settings

Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class Result:
    """What came of one submission: verdicts, or the reason why there are none.

    Attributes:
        student: nbgrader's id.
        graded: the verdicts, or None where the submission could not be graded.
        problem: one line for the instructor where ``graded`` is None.
        fresh: whether this call graded it; else an earlier one did and nothing has changed.
        timings: where the time went, the seam with nbgrader included.
    """

    student: str
    graded: Graded | None
    problem: str = ""
    fresh: bool = True
    timings: tuple[Timing, ...] = ()

    @property
    def faulty(self) -> bool:
        """Whether the grader failed on a claim, which then waits for a person or a retry."""
        return self.graded is not None and any(
            verdict.score is None for verdict in self.graded.verdicts
        )


def grade(
    settings: Settings,
    name: str,
    students: Sequence[str] = (),
    again: bool = False,
    progress: Progress = lambda _student, _cell: None,
) -> Iterator[Result]:
    """Grade what was handed in for an assignment; yields each result as it is there.

    A submission that is already graded, with nothing changed since, is not run again.

    Args:
        settings: the course.
        name: the assignment.
        students: only these; everyone who handed something in, if left out.
        again: grade anew also what is already graded.
        progress: told the student and the name of each cell before it runs.

    Raises:
        CourseError: unknown assignment, or nothing handed in.
    """
    assignment = assignments.load(settings, name)
    students = choose(settings, name, students)
    gradebook.prepare(settings, assignment)
    try:
        for student in students:
            try:
                result = _grade_one(settings, assignment, student, again, progress)
                if result.fresh and result.faulty:  # once more: a fault may pass
                    result = _grade_one(settings, assignment, student, again, progress)
                yield result
            except GraderError as error:
                yield Result(student, None, str(error))
    finally:
        referees.close()


def choose(settings: Settings, name: str, students: Sequence[str] = ()) -> tuple[str, ...]:
    """The students to grade: those named, or everyone who handed something in.

    Raises:
        CourseError: nothing is handed in, or not by someone who was named.
    """
    found = folders.students(settings, name)
    if not found:
        raise CourseError(
            f"nothing is handed in for {name}: expected submitted/<student>/{name}/{name}.ipynb "
            f"in {settings.root}; collect it, or put it there"
        )
    if unknown := sorted(set(students) - set(found)):
        raise CourseError(
            f"{', '.join(unknown)} handed in nothing for {name}: expected one of {', '.join(found)}"
        )
    return tuple(students) or found


def _grade_one(
    settings: Settings,
    assignment: assignments.Assignment,
    student: str,
    again: bool,
    progress: Progress,
) -> Result:
    folder = folders.submitted(settings, student, assignment.name)
    handed_in.check(folder, folders.course_directory(settings).ignore)
    notebook = folder / f"{assignment.name}.ipynb"
    content = reading.content(notebook)
    reading.parse(content, os.path.relpath(notebook, settings.root))
    target = folders.autograded(settings, student, assignment.name)
    known = verdicts.read(target / verdicts.file_name(assignment.name))
    if known and not again and _is_current(known, assignment, content, settings.sandbox):
        return Result(student, known, fresh=False)
    stopwatch = Stopwatch()
    with stopwatch.measure("nbgrader, its files and gradebook"):
        _run_nbgrader(settings, assignment.name, student, lambda cell: progress(student, cell))
    graded = verdicts.read(target / verdicts.file_name(assignment.name))
    if graded is None:
        raise CourseError(f"grading {folder} left no verdicts: look at {target}")
    return Result(student, graded, timings=(*graded.timings, *stopwatch.timings))


def _is_current(
    known: Graded, assignment: assignments.Assignment, content: bytes, sandbox: str
) -> bool:
    return (
        known.source_sha256 == assignment.sha256
        and known.sandbox == sandbox
        and known.submission_sha256 == reading.sha256(content)
        and all(verdict.score is not None for verdict in known.verdicts)
    )


def _run_nbgrader(
    settings: Settings, name: str, student: str, progress: Callable[[str], None]
) -> None:
    directory = folders.course_directory(settings)
    directory.assignment_id, directory.student_id = name, student
    config = copy.deepcopy(settings.config)
    config.JudgeClaims.progress = progress
    convert(Autograde(coursedir=directory, config=config, force=True))
