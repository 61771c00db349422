"""Judges a submission in a process apart, so that nothing it meets can end the class.

The process is trusted: it runs the examiner, and student code only ever runs in the kernel that it
talks to. But it builds networks from what students declare, and reads what their kernels send. So
it has limits too. Where it overruns or crashes within a test cell, that claim alone is over a
limit, or a fault of the grader, and another process judges the rest: it runs the student's cells
again, and keeps the verdicts that were reached. Its end anywhere else is a fault of the grader for
the claims that it left open. What it does stands in ``grader.notebook.judging.judge_main``.
"""

from __future__ import annotations

import dataclasses
import logging
import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from grader.engines.base import Cancelled, Reporter, WorkLost
from grader.errors import GraderError
from grader.examiner.training.referee_costs import Costs
from grader.model import Run, Verdict, WorkPart
from grader.notebook.assignment import Assignment
from grader.notebook.judging import class_referee, judge_main, verdict_messages
from grader.notebook.judging.cell_runs import CellRun
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_hearing import Hearing
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.time_limits import judge_seconds

LOG = logging.getLogger("grader.worker")

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
    """Judge in a separate process; see ``grader.notebook.judging.judge``.

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
    scope = _Scope(stopwatch, reporter, referee, scratch)
    while True:
        attempt = _attempt(examination, scope)
        if attempt.lost is None:
            return attempt.notebook, attempt.verdicts, attempt.runs
        stopwatch.add(WorkPart.EXAMINING, attempt.spent, 0.0)
        claim, run = attempt.lost
        LOG.warning("%s: the judge was lost in %s", examination.assignment.name, claim)
        examination = dataclasses.replace(
            examination,
            judged=attempt.verdicts,
            lost={**examination.lost, claim: run},
            spent=examination.spent + attempt.spent,
            costs=attempt.costs,
        )


@dataclass(frozen=True)
class _Scope:
    """Whom a process reports to, and what it needs beside the submission; see ``judge_apart``."""

    stopwatch: Stopwatch
    reporter: Reporter
    referee: str
    scratch: Path | None


@dataclass(frozen=True)
class _Attempt:
    """How one process ended.

    Attributes:
        notebook, verdicts, runs: as ``judge_apart`` returns them; where it was lost in a claim,
            only the verdicts that it had reached.
        lost: the claim in whose test cell it was lost, and how it ended; None if in none.
        spent: seconds that count as the submission's.
        costs: of its trainings, in earlier processes, too.
    """

    notebook: NotebookNode
    verdicts: tuple[Verdict, ...]
    runs: tuple[Run, ...]
    lost: tuple[str, CellRun] | None
    spent: float
    costs: Costs


def _attempt(examination: Examination, scope: _Scope) -> _Attempt:
    """Judge in one process, which ends with its work, its time, or by a crash."""
    assignment, settings = examination.assignment, examination.settings
    assignment.analyse()
    here, there = _PROCESSES.Pipe()
    # What nbgrader's classes are configured with may hold anything, and is not needed there.
    plain = dataclasses.replace(settings, config=Config())
    lost_before = class_referee.is_lost(scope.referee)
    apart = dataclasses.replace(examination, settings=plain, referee_lost=lost_before)
    arguments = there, apart, scope.referee, scope.scratch, os.getpid()
    process = _started(assignment, arguments)
    there.close()
    seconds = judge_seconds(settings.limits(assignment.name)) - examination.spent
    hearing = Hearing(apart, scope.stopwatch, scope.reporter, here, seconds)
    try:
        while hearing.seconds_left and not scope.reporter.cancelled:
            if here.poll(min(hearing.seconds_left, _LOOK_SECONDS)):
                hearing.receive(here.recv())
    except (EOFError, ConnectionResetError):
        _join(process, _END_SECONDS)
    except (GraderError, OSError, RuntimeError):
        _join(process, _END_SECONDS)
        raise
    finally:  # also where Ctrl-C ends this: it must not leave a class's process behind
        spent = hearing.spent
        process.kill()
        _join(process, None)
        here.close()
    if scope.reporter.cancelled:
        raise Cancelled
    class_referee.note(scope.referee, hearing.referee_lost)
    lost = hearing.lost_in(process.exitcode)
    verdicts = _reached(examination, hearing)
    if lost is None:
        verdicts = (*verdicts, *_left_open(assignment, verdicts, process.exitcode))
    return _Attempt(hearing.notebook, verdicts, hearing.runs, lost, spent, hearing.costs)


def _started(assignment: Assignment, arguments: tuple[object, ...]) -> BaseProcess:
    """A process that judges; raises ``WorkLost`` where what forks it has ended meanwhile."""
    with _one_at_a_time:
        _start_server(_needed(assignment.uses_networks))
        process = _PROCESSES.Process(target=judge_main.work, args=arguments, daemon=True)
        try:
            process.start()
        except (EOFError, ConnectionError) as error:  # the next start finds that, and starts it
            raise WorkLost(
                "what judges are forked from has ended, as it does where no process is left"
            ) from error
    return process


def _reached(examination: Examination, hearing: Hearing) -> tuple[Verdict, ...]:
    """The verdicts of this process and of earlier ones, in the order of the claims."""
    reached = {verdict.claim: verdict for verdict in (*examination.judged, *hearing.verdicts)}
    names = (claim.name for claim in examination.assignment.claims)
    return tuple(reached[name] for name in names if name in reached)


def _join(process: BaseProcess, seconds: float | None) -> None:
    """Wait for a process; its exit code is read by one thread at a time."""
    wait([process.sentinel], seconds)
    with _one_at_a_time:
        process.join(0)


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
    assignment: Assignment, verdicts: Sequence[Verdict], exitcode: int | None
) -> list[Verdict]:
    judged = {verdict.claim for verdict in verdicts}
    outcome, message = verdict_messages.faulty(f"its process ended with {exitcode}")
    return [
        Verdict(claim.name, outcome, claim.points, message)
        for claim in assignment.claims
        if claim.name not in judged
    ]
