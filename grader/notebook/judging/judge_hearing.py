"""Receives what a judging process tells, and keeps its deadline."""

from __future__ import annotations

import contextlib
import logging
import time
from multiprocessing.connection import Connection
from typing import assert_never

from grader.engines.base import Reporter
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.model import Run, Verdict
from grader.notebook.judging.cell_runs import CellRun, CellStatus, overrun
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import (
    CellStarted,
    ClaimBegun,
    ClaimExamined,
    CostsCounted,
    GoOn,
    JudgeFailed,
    Message,
    NotebookDone,
    NothingJudged,
    RefereeFound,
    RunsCarriedOut,
    TimingMeasured,
    TrainingAwaited,
    TrainingDone,
    VerdictReached,
)
from grader.notebook.judging.stopwatch import Stopwatch

LOG = logging.getLogger("grader.worker")

_REFEREE_SECONDS = 6 * 3600.0  # for one epoch of a class that waits for one worker
# For a test cell to end by itself once its time is up. Python cannot end it within one call of a
# library's compiled code, such as the sum of a range of 10**15 numbers that a student answered.
OVERRUN_SECONDS = 10.0


class Hearing:
    """What a judge's process has told so far, and until when it may go on.

    Args:
        examination: the submission.
        stopwatch: is told where the time goes.
        reporter: is told how it gets on.
        pipe: to the process.
        seconds: that it may take, without what it waits for trainings.

    Attributes:
        verdicts: so far, in notebook order.
        runs: what the referee trained.
        notebook: the executed one, once it came; before that, the one that was to be run.
        costs: of the trainings, in earlier processes, too.
        referee_lost: whether the referee was given up when it was asked last.
        examined: the claim whose test cell runs, and the seconds that it may take; None: none does.
    """

    def __init__(
        self,
        examination: Examination,
        stopwatch: Stopwatch,
        reporter: Reporter,
        pipe: Connection,
        seconds: float,
    ) -> None:
        self._stopwatch, self._reporter, self._pipe = stopwatch, reporter, pipe
        self._begin = time.monotonic()
        self._seconds, self._waited = seconds, 0.0
        self._waits_since: float | None = None
        self._claim_ends = 0.0  # on the clock of `_counted`
        self._assignment = examination.assignment.name
        self._reported = {verdict.claim for verdict in examination.judged}
        self.notebook = examination.rebuilt.notebook
        self.verdicts: list[Verdict] = []
        self.runs: tuple[Run, ...] = ()
        self.costs = examination.costs
        self.referee_lost = examination.referee_lost
        self.examined: ClaimBegun | None = None

    @property
    def spent(self) -> float:
        """Seconds that have counted: those of waiting for trainings have not."""
        now = time.monotonic() if self._waits_since is None else self._waits_since
        return now - self._begin - self._waited

    @property
    def seconds_left(self) -> float:
        """Until the process is ended; never negative."""
        if self._waits_since is not None:
            return max(0.0, self._waits_since + _REFEREE_SECONDS - time.monotonic())
        end = self._seconds
        if self.examined is not None:
            end = min(end, self._claim_ends + OVERRUN_SECONDS)
        return max(0.0, end - self.spent)

    def lost_in(self, exitcode: int | None) -> tuple[str, CellRun] | None:
        """The claim in whose test cell the process ended, and how; None if in none.

        Args:
            exitcode: of the process.
        """
        if self.examined is None:
            return None
        if self._waits_since is None and self.spent >= self._claim_ends:
            seconds = self.examined.seconds
            return self.examined.claim, CellRun(CellStatus.LIMIT, seconds, message=overrun(seconds))
        reason = f"its process ended with {exitcode}"
        return self.examined.claim, CellRun(CellStatus.FAULT, message=reason)

    def receive(self, message: Message) -> None:
        """Take in one message; raises the error of ``NothingJudged``, and ``Cancelled``."""
        match message:
            case CellStarted() | EpochAwaited() | EpochTrained():
                self._reporter.progress(message)
            case ClaimBegun(_, seconds):
                self.examined, self._claim_ends = message, self.spent + seconds
            case ClaimExamined():
                self.examined = None
                self._reporter.progress(message)
            case VerdictReached(verdict):
                self._take(verdict)
            case TrainingAwaited():
                self._waits_since = time.monotonic()
                self._reporter.wait("a training")
            case TrainingDone():
                self._let_go_on()
            case RunsCarriedOut() | CostsCounted() | RefereeFound():
                self._keep(message)
            case TimingMeasured(timing):
                self._stopwatch.add(timing.part, timing.wall, timing.cpu, timing.student)
            case NotebookDone(notebook):
                self.notebook = notebook
            case NothingJudged(error):
                raise error
            case JudgeFailed(trace):
                LOG.error("judging %s failed:\n%s", self._assignment, trace)
            case _:
                assert_never(message)

    def _keep(self, message: RunsCarriedOut | CostsCounted | RefereeFound) -> None:
        match message:
            case RunsCarriedOut(runs):
                self.runs = runs
            case CostsCounted(costs):
                self.costs = costs
            case RefereeFound(lost):
                self.referee_lost = lost

    def _take(self, verdict: Verdict) -> None:
        """Keep a verdict; one that an earlier process reached was reported then."""
        self.verdicts.append(verdict)
        if verdict.claim not in self._reported:
            self._reporter.progress(VerdictReached(verdict))

    def _let_go_on(self) -> None:
        """Answer once there is a core for the process."""
        self._reporter.go_on()
        if self._waits_since is not None:
            self._waited += time.monotonic() - self._waits_since
            self._waits_since = None
        with contextlib.suppress(BrokenPipeError):  # it is gone, which the next read sees
            self._pipe.send(GoOn())
