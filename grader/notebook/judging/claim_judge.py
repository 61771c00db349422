"""Gives one claim after the other its verdict, by a test cell that the examiner runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from grader.errors import ClaimFailed, CourseError, DataError, RefereeError
from grader.examiner import hidden_claims, later_changes
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.evidence import draws
from grader.examiner.evidence.interview import Interview
from grader.examiner.examiner import TimeUp, examine
from grader.examiner.later_changes import Tried
from grader.examiner.proxies import Proxies
from grader.examiner.surroundings.claim import Surroundings
from grader.examiner.surroundings.course import Course
from grader.examiner.training.trainings import Trainings
from grader.language import gettext
from grader.model import Claim, Outcome, Verdict
from grader.notebook.assignment import grade_id
from grader.notebook.judging import code_places
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended, overrun, sentence
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.for_instructors import ended_in, fault
from grader.notebook.judging.kernel_questions import KernelQuestions
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel
from grader.notebook.judging.strikes import OTHERS, Strike
from grader.notebook.judging.student_cells import StudentCells
from grader.notebook.judging.time_limits import TimeLimits
from grader.notebook.judging.verdict_messages import (
    Circumstances,
    Judged,
    answered,
    decided_by,
    faulty,
    not_tried,
    share_used_up,
    unanswered,
)
from grader.notebook.sanitize.text import strip_ansi

_OWN_SECONDS = 60  # for what the examiner computes itself, beyond its questions' time
_MESSAGE = 2000  # characters of a verdict's message


class ClaimJudge:
    """Judges the claims of one submission.

    Args:
        examination: the submission. The claims in whose test cells an earlier process of the
            judge was lost count as strikes, and are not examined a second time.
        cells: its cells, as far as they have run.
        numpy_only: where functions are called that must do without other libraries.
        trainings: those of the submission.
        limits: on the time of each claim's questions.
        interview: keeps what verdicts rest on, and has the seeds of random draws.
        surroundings: of the test cells.
        begun: told each claim whose test cell begins, and the seconds that it may take.
    """

    def __init__(
        self,
        examination: Examination,
        cells: StudentCells,
        numpy_only: NumpyOnlyKernel,
        trainings: Trainings,
        limits: TimeLimits,
        *,
        interview: Interview | None = None,
        surroundings: Surroundings | None = None,
        begun: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        self._begun, self._lost = begun, examination.lost
        self._around = surroundings or Surroundings(Course(Path.cwd()))
        self._assignment, self._rebuilt = examination.assignment, examination.rebuilt
        self._interview = interview or Interview(draws.new_seed())
        self._cells, self._numpy_only = cells, numpy_only
        self._trainings, self._limits = trainings, limits
        self._code = code_places.code_cells(self._rebuilt)

    def verdict(self, claim: Claim, index: int) -> Verdict:
        """The verdict on a claim, whose test cell is the notebook's cell ``index``."""
        begin = time.monotonic()
        (outcome, message), finding = self._judged(claim, index)
        seconds = time.monotonic() - begin
        # Texts quote what students' code raised, and are shown on terminals and pages.
        message = code_places.shown(message, self._code)
        return Verdict(
            *(claim.name, outcome, claim.points, message[:_MESSAGE], seconds),
            test_line=_shown(ended_in(finding)),
            fault=_shown(fault(finding)),
        )

    def _judged(self, claim: Claim, index: int) -> tuple[Judged, Finding]:
        """The outcome with its message, and how the test cell ended, if it was run to an end."""
        around = self._circumstances(index)
        if (untried := self._untried(claim, around)) is not None:
            return untried, Finding()
        share = _share(claim)
        with self._limits.charged(share):
            try:
                return self._examined(claim, index, share, around)
            except CourseError as error:
                finding = Finding(FindingKind.TEST_FAULT, message=str(error))
                return answered(claim, finding, around), finding
            except (RefereeError, DataError) as error:
                return faulty(str(error)), Finding()
            except Ended as ended:
                suspects = self._cells.settle_claim(claim.name, claim.needs, ended.run)
                return unanswered(claim, ended.run, around, suspects), Finding()

    def _circumstances(self, index: int) -> Circumstances:
        cell = self._rebuilt.notebook.cells[index]
        public = self._assignment.released.get(cell.id, cell.source)
        return Circumstances(
            self._rebuilt, self._cells.runs, self._assignment.definers, public=public
        )

    def _untried(self, claim: Claim, around: Circumstances) -> Judged | None:
        """The outcome of a claim whose test cell is not run; None if it is."""
        share = _share(claim)
        if (run := self._lost.get(claim.name)) is not None:
            return unanswered(claim, run, around, self._blamed(claim, run))
        if (reason := self._cells.abort_reason) is not None:
            return unanswered(claim, reason, around)
        if (refusal := self._cells.strikes.refusal(claim.needs)) is not None:
            return not_tried(claim, refusal, around)
        if self._limits.seconds(share) <= 0:
            return share_used_up(claim, around)
        return None

    def _blamed(self, claim: Claim, run: CellRun) -> tuple[str, ...]:
        """The cells that are suspected of having ended an earlier process; none if it crashed."""
        if run.status is not CellStatus.LIMIT:
            return ()
        return self._cells.strikes.blame(claim.needs, Strike(claim.name, run))

    def _examined(
        self, claim: Claim, index: int, share: str, around: Circumstances
    ) -> tuple[Judged, Finding]:
        """Run the test cell; raises ``Ended`` where a question gets no answer."""
        source = self._rebuilt.notebook.cells[index].source
        seconds = self._limits.seconds(share) + _OWN_SECONDS
        questions = self._cells.questions
        questions.begin()
        self._begun(claim.name, seconds)
        # The record is sent once the alarm is off, which could end a message half way.
        with (
            self._interview.about(claim, source),
            self._limits.clock.alarm(seconds, partial(_give_up, seconds, questions)),
        ):
            finding = later_changes.decided(partial(self._tried, claim, index, source, seconds))
        told = self._told(claim, finding)
        if finding.kind not in (FindingKind.NAME_UNDEFINED, FindingKind.TEST_FAULT):
            self._cells.strikes.answered(claim.needs)
        further = self._trainings.take_further()
        referee_fault = self._trainings.take_fault()
        if referee_fault and not finding.passed:
            return faulty(referee_fault), Finding()
        if finding.passed:
            return (Outcome.PASSED, decided_by(further)), finding
        return answered(claim, told, around), finding

    def _tried(
        self, claim: Claim, index: int, source: str, seconds: float, lets_change: bool
    ) -> Tried:
        """How the test cell ends once; that it must be asked again is told while there is time."""
        begin = time.monotonic()
        proxies = self._cells.questions.proxies(
            index,
            _share(claim),
            lambda name, arguments: self._call_blocked(claim, index, name, arguments),
            self._interview.heard,
            self._around,
            lets_change=lets_change,
        )
        with self._interview.again(), self._around.held(source, proxies.pyplot):
            finding = self._found(source, proxies, seconds)
        # Four times in all; and what trains is not asked again, which would cost its budget.
        is_short = 4 * (time.monotonic() - begin) < seconds - _OWN_SECONDS
        trains = self._assignment.uses_networks
        return Tried(finding, proxies.has_parted and is_short and not trains)

    def _told(self, claim: Claim, finding: Finding) -> Finding:
        """What a student may be told of a finding."""
        course = self._assignment
        if claim.name not in course.hidden:
            # A value of a visible test may come from a file that students never get.
            return replace(finding, came_to=()) if course.hidden_files else finding
        # Of a call with a parameter that the student renamed, the stub has the name.
        stubs = [
            cell.source for cell in course.master.cells if grade_id(cell) in course.solution_ids
        ]
        return hidden_claims.unquoted(finding, [*self._cells.own_sources, *stubs])

    def _found(self, source: str, proxies: Proxies, seconds: float) -> Finding:
        """How the test cell ended; raises ``Ended`` where its time went to the work."""
        course = self._assignment
        try:
            finding = examine(
                source,
                proxies,
                course=course.course_names,
                promised=course.solutions,
                wanted=course.wanted,
            )
        except TimeUp:
            raise Ended(_time_limit(seconds)) from None
        # A test that catches everything, or gathers what was raised, went on without a kernel.
        if (ended := self._cells.questions.ended) and finding.error != TimeUp.__name__:
            raise Ended(ended)
        return finding

    def _call_blocked(self, claim: Claim, index: int, name: str, arguments: Sequence[Any]) -> Any:
        """Call a function where numpy is the only library; see ``NumpyOnlyKernel.call``."""
        share = _share(claim)
        cells = self._cells.indices_before(index, given=False)
        try:
            with self._around.suspended():
                return self._numpy_only.call(name, arguments, cells, share)
        except Ended as ended:
            run = ended.run.in_other_kernel()
            if run.status is CellStatus.FAULT:
                raise Ended(run) from ended
            self._cells.strikes.blame(claim.needs, Strike(claim.name, run))
            raise ClaimFailed(
                sentence(
                    gettext(
                        "Where numpy is the only library, {name} {description}",
                        name=name,
                        description=ended.run.description,
                    )
                )
            ) from ended


def _share(claim: Claim) -> str:
    """Whose share of time and restarts a claim uses: the last solution cell that it rests on."""
    return claim.needs[-1] if claim.needs else OTHERS


def _give_up(seconds: float, questions: KernelQuestions) -> None:
    """End a test that takes too long by itself; its questions have a deadline of their own."""
    questions.end(_time_limit(seconds))
    if questions.time.open or questions.time.seconds > seconds / 4:
        raise Ended(_time_limit(seconds))
    raise TimeUp(f"it computed for {seconds:.0f} s, and hardly asked the student's code")


def _time_limit(seconds: float) -> CellRun:
    return CellRun(CellStatus.LIMIT, seconds, message=overrun(seconds))


def _shown(text: str) -> str:
    """A text that can be shown anywhere, and is not too long."""
    return strip_ansi(text)[:_MESSAGE]
