"""Judges a submission in a process apart, so that nothing it meets can end the class.

The process is trusted: it runs the examiner, and student code only ever runs in the kernel that it
talks to. But it builds networks from what students declare, and reads what their kernels send. So
it has limits too, and its end is a fault of the grader for the claims that it left open. What it
does stands in ``grader.notebook.judging.judge_main``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import multiprocessing
import os
import threading
import time
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import assert_never

from nbformat import NotebookNode
from traitlets.config import Config

from grader.engines.base import Cancelled, Reporter
from grader.errors import GraderError
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.model import Outcome, Run, Verdict
from grader.notebook.assignment import Assignment
from grader.notebook.judging import judge_main
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import (
    CellStarted,
    ClaimExamined,
    GoOn,
    JudgeFailed,
    Message,
    NotebookDone,
    NothingJudged,
    RunsCarriedOut,
    TimingMeasured,
    TrainingAwaited,
    TrainingDone,
    VerdictReached,
)
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.time_limits import judge_seconds

LOG = logging.getLogger("grader.worker")

_REFEREE_SECONDS = 6 * 3600.0  # for one epoch of a class that waits for one worker
_LOOK_SECONDS = 0.5  # how late it is noticed that nobody wants the result any more
_END_SECONDS = 30.0  # for a process that has said its last word to clear up

# Forked from a server that has imported what judging needs, and in which nothing else has happened:
# Keras takes seconds to import, and can be forked as long as it has not computed anything.
_PROCESSES = multiprocessing.get_context("forkserver")

# By name: this process would only lose time with it.
PRELOADED = "grader.notebook.judging.judge_preload"

_one_at_a_time = threading.Lock()  # starts processes, and reads how they ended


def judge_apart(
    examination: Examination,
    stopwatch: Stopwatch,
    reporter: Reporter,
    referee: str = "",
    scratch: Path | None = None,
) -> tuple[NotebookNode, tuple[Verdict, ...], tuple[Run, ...]]:
    """Judge in a process of its own; see ``grader.notebook.judging.judge``.

    Several threads may call this at once.

    Args:
        examination: the submission, and what it is judged with; its referee is connected there.
        stopwatch: is told where the time goes.
        reporter: is told ``CellStarted``, ``ClaimExamined``, ``VerdictReached`` and how trainings
            get on as it comes, and of each wait for a training.
        referee: the referee's address; empty for an assignment that trains nothing.
        scratch: where the process keeps temporary files; the system's folder, if left out.

    Returns:
        The executed notebook (unchanged, if the process was lost), one verdict a claim, and what
        the referee trained.

    Raises:
        GraderError: nothing could be judged at all, for example without a sandbox.
        Cancelled: the reporter was told to end.
    """
    assignment, settings = examination.assignment, examination.settings
    here, there = _PROCESSES.Pipe()
    # What nbgrader's classes are configured with may hold anything, and is not needed there.
    plain = dataclasses.replace(settings, config=Config())
    apart = dataclasses.replace(examination, settings=plain)
    arguments = there, apart, referee, scratch, os.getpid()
    with _one_at_a_time:
        _start_server(_needed(assignment.uses_networks))
        process = _PROCESSES.Process(target=judge_main.work, args=arguments, daemon=True)
        process.start()
    there.close()
    seconds = judge_seconds(settings.limits(assignment.name))
    hearing = _Hearing(examination, stopwatch, reporter, here, seconds)
    try:
        while hearing.seconds_left and not reporter.cancelled:
            if here.poll(min(hearing.seconds_left, _LOOK_SECONDS)):
                hearing.receive(here.recv())
    except (EOFError, ConnectionResetError):
        _join(process, _END_SECONDS)
    except GraderError:
        _join(process, _END_SECONDS)
        raise
    finally:  # also where Ctrl-C ends this: it must not leave a class's process behind
        process.kill()
        _join(process, None)
        here.close()
    if reporter.cancelled:
        raise Cancelled
    open_claims = _left_open(assignment, hearing.verdicts, process.exitcode)
    return hearing.notebook, (*hearing.verdicts, *open_claims), hearing.runs


def _join(process: BaseProcess, seconds: float | None) -> None:
    """Wait for a process; its exit code is read by one thread at a time."""
    wait([process.sentinel], seconds)
    with _one_at_a_time:
        process.join(0)


class _Hearing:
    """What a judging process has told so far, and until when it may go on.

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
        self._deadline = time.monotonic() + seconds
        self._waits_since: float | None = None
        self._assignment = examination.assignment.name
        self.notebook = examination.rebuilt.notebook
        self.verdicts: list[Verdict] = []
        self.runs: tuple[Run, ...] = ()

    @property
    def seconds_left(self) -> float:
        """Until the process is ended; never negative."""
        deadline = self._deadline
        if self._waits_since is not None:
            deadline = self._waits_since + _REFEREE_SECONDS
        return max(0.0, deadline - time.monotonic())

    def receive(self, message: Message) -> None:
        """Take in one message; raises the error of ``NothingJudged``, and ``Cancelled``."""
        match message:
            case CellStarted() | ClaimExamined() | EpochAwaited() | EpochTrained():
                self._reporter.progress(message)
            case VerdictReached(verdict):
                self.verdicts.append(verdict)
                self._reporter.progress(message)
            case TrainingAwaited():
                self._waits_since = time.monotonic()
                self._reporter.wait("a training")
            case TrainingDone():
                self._let_go_on()
            case RunsCarriedOut(runs):
                self.runs = runs
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

    def _let_go_on(self) -> None:
        """Answer once there is a core for the process."""
        self._reporter.go_on()
        if self._waits_since is not None:
            self._deadline += time.monotonic() - self._waits_since
            self._waits_since = None
        with contextlib.suppress(BrokenPipeError):  # it is gone, which the next read sees
            self._pipe.send(GoOn())


def start_server(uses_networks: bool) -> None:
    """Start ahead of time what judges are forked from; it keeps what it was started with.

    Args:
        uses_networks: whether some of the judges need Keras, which takes seconds to import.
    """
    with _one_at_a_time:
        _start_server(_needed(uses_networks))


def _needed(uses_networks: bool) -> list[str]:
    return [PRELOADED, *(["keras"] if uses_networks else [])]


def _start_server(needed: list[str]) -> None:
    """Start the process that judges are forked from, unless it runs.

    Its stderr is discarded: TensorFlow writes several lines to it when it is imported. Errors of a
    judge are sent over the pipe instead.
    """
    _PROCESSES.set_forkserver_preload(needed)
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        forkserver.ensure_running()
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _left_open(
    assignment: Assignment, verdicts: list[Verdict], exitcode: int | None
) -> list[Verdict]:
    judged = {verdict.claim for verdict in verdicts}
    message = f"The grader failed (its process ended with {exitcode}); this is not your fault."
    return [
        Verdict(claim.name, Outcome.GRADER_FAULT, claim.points, message)
        for claim in assignment.claims
        if claim.name not in judged
    ]
