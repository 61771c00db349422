"""Grades the submissions of one assignment: an engine judges them, one writer records them.

What judges and records is imported when there is something to judge: a run that finds everything
up to date takes a second.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from grader import course_packages
from grader.engines.base import Cancelled, Engine, Event, Failed, Finished, Work
from grader.engines.local import LocalEngine
from grader.errors import CourseError, GraderError
from grader.model import Graded, Score, Submission, Timing
from grader.notebook import (
    course_lock,
    gradebook,
    gradebook_queries,
    grading_now,
    late_penalties,
    preflight,
    submission_state,
)
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.memory_capacity import local_capacity
from grader.notebook.submission import chosen_notebook, paths, student_ids, verdict_file
from grader.notebook.submission.file_rules import printable_text
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.notebook.judging.judge_submission import Judged
    from grader.notebook.recording import Recorder

Follow = Callable[[Event], None]


@dataclass(frozen=True)
class Result:
    """The outcome of grading one submission: verdicts, or the reason why there are none.

    Attributes:
        student: nbgrader's id.
        graded: the verdicts, or None where the submission could not be graded.
        problem: one line for the instructor where ``graded`` is None.
        fresh: whether this call graded it; else an earlier one did and nothing has changed.
        other_penalty: whether time alone has changed, and with it the late penalty.
        timings: where the time went, the seam with nbgrader included.
        score: of the whole submission, as the gradebook has it; None without verdicts.
    """

    student: str
    graded: Graded | None
    problem: str = ""
    fresh: bool = True
    other_penalty: bool = False
    timings: tuple[Timing, ...] = ()
    score: Score | None = None

    @property
    def faulty(self) -> bool:
        """Whether the grader failed on a claim, which then waits for a person or a retry."""
        return self.graded is not None and any(verdict.faulty for verdict in self.graded.verdicts)


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
    """Grade what was handed in for an assignment; yields each result as it is there.

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
    run = _Run(loaded, engine, force)
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
    """An engine on this machine; raises ``ConfigurationError`` where so many do not fit."""
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


class _Run:
    """The grading of a class, while it lasts.

    Args:
        loaded: the course and the assignment.
        engine: judges submissions.
        force: whether up-to-date submissions are graded, too.

    Attributes:
        submitted: the work that has not ended.
    """

    def __init__(self, loaded: LoadedCourse, engine: Engine, force: bool) -> None:
        self._loaded, self._engine, self._force = loaded, engine, force
        self._tried_again: set[str] = set()
        self.submitted: dict[str, Work] = {}

    @cached_property
    def _recorder(self) -> Recorder:
        from grader.notebook.recording import Recorder

        return Recorder(self._loaded)

    def look_at(self, students: Sequence[str]) -> list[Result]:
        """Prepare the work of judging; returns the results that are there without any."""
        results: list[Result] = []
        scored = gradebook_queries.scored(self._loaded.settings, self._loaded.assignment.name)
        for student in students:
            try:
                result = self._look_at(student, student in scored)
            except GraderError as error:
                result = Result(student, None, str(error))
            if result is not None:
                results.append(result)
        return results

    def with_penalties(self, results: Sequence[Result]) -> Iterator[Result]:
        """The results, once late penalties are what time has made of them, with their scores."""
        name = self._loaded.assignment.name
        graded = [result.student for result in results if result.graded is not None]
        changed = late_penalties.refresh(self._loaded.settings, name, graded)
        known = gradebook_queries.scores(self._loaded.settings, name) if graded else {}
        for result in results:
            score = known.get(result.student) if result.graded is not None else None
            yield dataclasses.replace(result, other_penalty=result.student in changed, score=score)

    def events(self) -> Iterator[Event]:
        """Let the engine judge; yields what it tells."""
        for work in self.submitted.values():
            self._engine.submit(work)
        yield from self._engine.events()

    def result(self, event: Event) -> Result | None:
        """What an event means for the class: a result, recorded, or None."""
        match event:
            case Finished(student, judged):
                return self._finished(student, judged)
            case Failed(student, error):
                return self._failed(student, error)
            case _:
                return None

    def _look_at(self, student: str, scored: bool) -> Result | None:
        """The result that is there; None where the submission must be judged.

        Args:
            student: whose submission it is.
            scored: whether the gradebook has a score of it: it may be new, or an old copy.
        """
        state = submission_state.look_at(self._loaded, student)
        if not self._force and (known := state.up_to_date(scored)) is not None:
            return Result(student, known, fresh=False)
        self.submitted[student] = self._work(state)
        return None

    def _work(self, state: submission_state.SubmissionState) -> Work:
        from grader.notebook.judging.judge_submission import judge_submission

        return Work(
            state.submission.student,
            partial(judge_submission, submission_state.work_of(self._loaded, state)),
            expected_seconds=state.known.own_seconds if state.known else None,
        )

    def _finished(self, student: str, judged: Judged) -> Result | None:
        if judged.faulty and self._tries_again(student):
            return None
        del self.submitted[student]
        try:
            graded, timings = self._recorder.record(judged)
            score = self._score(student)
        except GraderError as error:
            return Result(student, None, str(error))
        return Result(student, graded, timings=(*graded.timings, *timings), score=score)

    def _score(self, student: str) -> Score | None:
        name = self._loaded.assignment.name
        return gradebook_queries.scores(self._loaded.settings, name, [student]).get(student)

    def _failed(self, student: str, error: BaseException) -> Result | None:
        if not isinstance(error, GraderError | Cancelled) and self._tries_again(student):
            return None
        del self.submitted[student]
        return Result(student, None, submission_state.problem(error))

    def _tries_again(self, student: str) -> bool:
        """Submit the work once more, after all others: a fault of the grader may pass."""
        if student in self._tried_again:
            return False
        self._tried_again.add(student)
        self._engine.submit(dataclasses.replace(self.submitted[student], priority=-1))
        return True


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
