"""The grading of a class, while it lasts: which work is submitted, and the result of each event."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from grader.engines.base import Cancelled, Engine, Event, Failed, Finished, Work
from grader.errors import GraderError
from grader.model import Graded, Score, Timing
from grader.notebook import gradebook_queries, late_penalties, penalty_waits, submission_state
from grader.notebook.loaded_course import LoadedCourse

if TYPE_CHECKING:
    from grader.notebook.judging.judge_submission import Judged
    from grader.notebook.recording import Recorder


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


class ClassRun:
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
        """The results with their scores, after late penalties were brought up to date."""
        name = self._loaded.assignment.name
        graded = [result.student for result in results if result.graded is not None]
        changed = late_penalties.refresh(self._loaded.settings, name, graded)
        known = gradebook_queries.scores(self._loaded.settings, name) if graded else {}
        waits = penalty_waits.waiting(self._loaded.settings, name, graded)
        for result in results:
            if result.graded is None:
                yield result
                continue
            yield dataclasses.replace(
                result,
                graded=penalty_waits.noted(result.graded, waits),
                other_penalty=result.student in changed,
                score=known.get(result.student),
            )

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
        """The result of an earlier run; None where the submission must be judged.

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
            waits = penalty_waits.waiting(
                self._loaded.settings, self._loaded.assignment.name, [student]
            )
            graded = penalty_waits.noted(graded, waits)
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
