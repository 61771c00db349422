"""Grades the submissions of one assignment: an engine judges them, one writer records them.

What judges and records is imported when there is something to judge: a run that finds everything
up to date takes a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from grader import course_packages
from grader.engines.base import Engine, Event
from grader.engines.local import LocalEngine
from grader.errors import CourseError
from grader.model import Submission
from grader.notebook import course_lock, gradebook, grading_now, preflight
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.class_run import ClassRun, Result
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.memory_capacity import local_capacity
from grader.notebook.submission import chosen_notebook, paths, student_ids, verdict_file
from grader.notebook.submission.file_rules import printable_text
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings

Follow = Callable[[Event], None]


def grade(
    settings: Settings,
    name: str,
    students: Sequence[str] = (),
    *,
    force: bool = False,
    assignment: Assignment | None = None,
    workers: int | None = None,
    engine: Engine | None = None,
    follow: Follow = lambda _event: None,
    before_judging: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Grade what was handed in for an assignment; yields each result as soon as it is ready.

    A submission that is already graded, with nothing changed since, is not run again. Each result
    is in nbgrader's files and gradebook before it is yielded. So a run that was killed is gone on
    with by the next one.

    Args:
        settings: the course.
        name: the assignment.
        students: only these; everyone who handed something in, if left out.
        force: re-grade up-to-date submissions.
        assignment: the assignment itself, if it is loaded already.
        workers: submissions that compute at once; as many as the course says, if left out.
        engine: judges them, and stays open; one on this machine, if left out.
        follow: told every event of the engine; keys are students.
        before_judging: called once if anything must be judged, before anything is written; what it
            raises ends the run.

    Raises:
        CourseError: unknown assignment, or nothing handed in.
        ConfigurationError: results could not be kept, so many workers do not fit, or packages of
            the course are missing.
    """
    loaded = LoadedCourse(settings, assignment or load_assignment(settings, name))
    students = choose(settings, name, students)
    course_packages.require(settings)
    own = engine is None
    engine = engine or _local_engine(loaded, workers)
    run = ClassRun(loaded, engine, force)
    known = run.look_at(students)
    if run.submitted:
        gradebook.require_writable(settings)
        before_judging()
    preflight.require_writable(settings, loaded.assignment)
    with course_lock.writing(settings):
        gradebook.prepare(settings, loaded.assignment)
    yield from run.with_penalties(known)
    if not run.submitted:
        return
    try:
        if own:
            _start_services(loaded)
        with grading_now.telling(settings, name) as teller:
            for event in run.events():
                teller.follow(event)
                follow(event)
                if (result := run.result(event)) is not None:
                    yield result
    finally:
        if own:
            _end_services(engine)


def _local_engine(loaded: LoadedCourse, workers: int | None) -> Engine:
    """An engine on this machine; raises ``ConfigurationError`` where memory is too small for it."""
    asked = workers if workers is not None else loaded.settings.workers or None
    return LocalEngine(local_capacity(loaded.settings, loaded.assignment, asked))


def _start_services(loaded: LoadedCourse) -> None:
    """Start what all submissions share, before the first of them."""
    from grader.notebook.judging import class_referee, scratch, warm_kernels

    scratch.remove_leftovers()
    warm_kernels.address(loaded.settings, loaded.assignment)
    warm_kernels.numpy_only_address(loaded.settings, loaded.assignment)
    if loaded.assignment.uses_networks:
        class_referee.address(loaded.settings)


def _end_services(engine: Engine) -> None:
    from grader.notebook.judging import class_referee

    engine.close()
    class_referee.close()


def expected_seconds(settings: Settings, name: str, students: Sequence[str]) -> dict[str, float]:
    """Student to the seconds that grading took the last time, for those who were graded before."""
    known = {
        student: verdict_file.read(paths.submission(settings, student, name).verdict_file)
        for student in students
    }
    return {student: graded.own_seconds for student, graded in known.items() if graded}


def choose(settings: Settings, name: str, students: Sequence[str] = ()) -> tuple[str, ...]:
    """The students to grade: those named, or everyone who handed something in.

    Raises:
        CourseError: nothing is handed in, or not by someone who was named.
    """
    known = paths.students(settings, name)
    if not known:
        raise CourseError(
            f"nothing is handed in for {name}: expected submitted/<student>/{name}/{name}.ipynb "
            f"in {settings.root}; collect it, or put it there"
        )
    if unknown := sorted(set(students) - set(known)):
        raise CourseError(
            f"{printable_text(', '.join(unknown))} handed in nothing for {name}: expected one of "
            f"{student_ids.some_of(known, unknown[0])}"
        )
    return tuple(students) or known


def require_readable(loaded: LoadedCourse, submission: Submission) -> None:
    """Look at all that was handed in.

    Raises:
        SubmissionError: a file that may not be there, or no notebook that can be graded.
    """
    found = files_of(loaded.settings, submission).notebooks()
    folder = os.path.relpath(submission.submitted, loaded.settings.root)
    chosen_notebook.choose(loaded.assignment, found, folder)
