"""Gives one claim after the other its verdict, by a test cell that the examiner runs."""

from __future__ import annotations

import time
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import ClaimFailed, CourseError, DataError, RefereeError
from grader.examiner import draws, hidden_claims
from grader.examiner.examiner import FindingKind, examine
from grader.examiner.interview import Interview
from grader.examiner.surroundings.claim import Surroundings
from grader.examiner.surroundings.course import Course
from grader.examiner.trainings import Trainings
from grader.model import Claim, Verdict
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended, sentence
from grader.notebook.judging.numpy_only_kernel import NumpyOnlyKernel
from grader.notebook.judging.strikes import OTHERS, Strike
from grader.notebook.judging.student_cells import StudentCells
from grader.notebook.judging.time_limits import TimeLimits
from grader.notebook.judging.verdict_messages import (
    Circumstances,
    Judged,
    answered,
    faulty,
    not_tried,
    share_used_up,
    unanswered,
)
from grader.notebook.sanitize.text import strip_ansi
from grader.notebook.submission.rebuild import Rebuilt

_OWN_SECONDS = 60  # for what the examiner computes itself, beyond its questions' time
_MESSAGE = 2000  # characters of a verdict's message


class ClaimJudge:
    """Judges the claims of one submission.

    Args:
        rebuilt: the submission.
        cells: its cells, as far as they have run.
        numpy_only: where functions are called that must do without other libraries.
        trainings: those of the submission.
        limits: on the time of each claim's questions.
        definers: the solution cell that is to define a name.
        hidden: names of the claims with hidden tests.
        interview: keeps what verdicts rest on, and has the seeds of random draws.
        surroundings: of the test cells.
    """

    def __init__(
        self,
        rebuilt: Rebuilt,
        cells: StudentCells,
        numpy_only: NumpyOnlyKernel,
        trainings: Trainings,
        limits: TimeLimits,
        *,
        definers: Mapping[str, str] | None = None,
        hidden: Container[str] = (),
        interview: Interview | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._around = surroundings or Surroundings(Course(Path.cwd()))
        self._definers, self._hidden = definers or {}, hidden
        self._interview = interview or Interview(draws.new_seed())
        self._rebuilt, self._cells, self._numpy_only = rebuilt, cells, numpy_only
        self._trainings, self._limits = trainings, limits

    def verdict(self, claim: Claim, index: int) -> Verdict:
        """The verdict on a claim, whose test cell is the notebook's cell ``index``."""
        begin = time.monotonic()
        outcome, message = self._judged(claim, index)
        seconds = time.monotonic() - begin
        # Messages quote what students' code raised, and are shown on terminals and pages.
        return Verdict(claim.name, outcome, claim.points, strip_ansi(message)[:_MESSAGE], seconds)

    def _judged(self, claim: Claim, index: int) -> Judged:
        around = Circumstances(self._rebuilt, self._cells.runs, self._definers)
        share = claim.needs[-1] if claim.needs else OTHERS
        if (reason := self._cells.abort_reason) is not None:
            return unanswered(claim, reason, around)
        if (refusal := self._cells.strikes.refusal(claim.needs)) is not None:
            return not_tried(claim, refusal, around)
        if self._limits.seconds(share) <= 0:
            return share_used_up(claim, around)
        with self._limits.charged(share):
            try:
                return self._examined(claim, index, share, around)
            except (CourseError, RefereeError, DataError) as error:
                return faulty(str(error))
            except Ended as ended:
                suspects = self._cells.settle_claim(claim.name, claim.needs, ended.run)
                return unanswered(claim, ended.run, around, suspects)

    def _examined(self, claim: Claim, index: int, share: str, around: Circumstances) -> Judged:
        """Run the test cell; raises ``Ended`` where a question gets no answer."""
        source = self._rebuilt.notebook.cells[index].source
        seconds = self._limits.seconds(share) + _OWN_SECONDS
        # The record is sent once the alarm is off, which could end a message half way.
        with (
            self._interview.about(claim, source),
            self._limits.clock.alarm(seconds, lambda: _give_up(seconds)),
        ):
            proxies = self._cells.proxies(
                index,
                share,
                lambda name, arguments: self._call_blocked(claim, index, name, arguments),
                self._interview.heard,
                self._around,
            )
            with self._around.held(source, proxies.pyplot):
                finding = examine(source, proxies)
        if claim.name in self._hidden:
            finding = hidden_claims.unquoted(finding, self._cells.own_sources)
        if finding.kind is not FindingKind.NAME_UNDEFINED:
            self._cells.strikes.answered(claim.needs)
        fault = self._trainings.take_fault()
        return faulty(fault) if fault and not finding.passed else answered(claim, finding, around)

    def _call_blocked(self, claim: Claim, index: int, name: str, arguments: Sequence[Any]) -> Any:
        """Call a function where numpy is the only library; see ``NumpyOnlyKernel.call``."""
        share = claim.needs[-1] if claim.needs else OTHERS
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
                sentence(f"Where numpy is the only library, {name} {ended.run.description}")
            ) from ended


def _give_up(seconds: float) -> None:
    """End a test that takes too long by itself; its questions have a deadline of their own."""
    raise Ended(CellRun(CellStatus.LIMIT, seconds, message=f"time limit, {seconds:.0f} s"))
