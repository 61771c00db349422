"""What a judging process does: judge one submission, and send each result as it is there.

``grader.notebook.judging.judge_process`` starts it and listens.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import resource
import select
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from pathlib import Path

from grader import language
from grader.errors import GraderError
from grader.model import Run, Verdict, WorkPart
from grader.notebook import machine_lacks
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge import judge
from grader.notebook.judging.judge_limits import limit_this_process
from grader.notebook.judging.judge_messages import (
    GoOn,
    JudgeFailed,
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
from grader.notebook.sanitize import outputs
from grader.notebook.submission import pictures
from grader.referee.service.client import Client, connect
from grader.referee.spec.contract import Referee

_open: list[AbstractContextManager[Referee]] = []  # of this process


def work(
    there: Connection,
    examination: Examination,
    referee: str = "",
    scratch: Path | None = None,
    parent: int | None = None,
) -> None:
    """What the process does: sends messages, at the end of which the notebook.

    Args:
        there: the pipe's end; see ``grader.notebook.judging.judge_messages``.
        examination: the submission, without a referee.
        referee: the referee's address; empty for an assignment that trains nothing.
        scratch: where temporary files belong.
        parent: the process that asked for this; None: it may end before.
    """
    gc.freeze()  # a collection would touch, and so copy, every page that was forked
    gc.enable()  # see judge_preload
    limit_this_process()
    if parent is not None:
        _end_with(parent)
    if scratch is not None:
        tempfile.tempdir = str(scratch)
    try:
        _judge(there, examination, referee)
    except GraderError as error:
        there.send(NothingJudged(error))
    except Exception as error:
        if machine_lacks.lacking(error):
            there.send(NothingJudged(error))
            return
        trace = traceback.format_exc().encode(errors="replace").decode()
        there.send(JudgeFailed(trace))
        raise


def _end_with(process: int) -> None:
    """End this process as soon as another one has ended, of which it is no child."""

    def watch() -> None:
        with contextlib.suppress(ProcessLookupError):
            ended = select.poll()
            ended.register(os.pidfd_open(process), select.POLLIN)
            ended.poll()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def _judge(there: Connection, examination: Examination, referee: str) -> None:
    """Judge, and send each part of the result as it is there."""
    language.use(examination.settings.language)
    stopwatch, clock = Stopwatch(), Clock()
    if referee:
        lost = examination.referee_lost
        connection = connect(referee, examination.settings.referee_key, given_up=lost)
        # Never closed: that would wait for an epoch that a dead kernel asked for.
        _open.append(connection)
        examination = dataclasses.replace(examination, referee=connection.__enter__())
    with stopwatch.measure(WorkPart.OUTPUT_CLEANING):
        given = examination.assignment.given_ids
        pictures.embed(examination.rebuilt.notebook, examination.folder, given)
    with clock.also_pausing(lambda: _training_awaited(there)):
        judging = judge(examination, stopwatch, clock, there.send)
        if runs := _send_verdicts(judging, there):
            there.send(RunsCarriedOut(runs))
    if isinstance(examination.referee, Client):
        there.send(RefereeFound(examination.referee.given_up))
    with stopwatch.measure(WorkPart.OUTPUT_CLEANING):
        # Here, where decoding pictures is limited like the rest.
        outputs.sanitise_notebook(examination.rebuilt.notebook)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    stopwatch.add(WorkPart.SANDBOX, 0.0, children.ru_utime + children.ru_stime)
    for timing in stopwatch.timings:
        there.send(TimingMeasured(timing))
    there.send(NotebookDone(examination.rebuilt.notebook))


@contextlib.contextmanager
def _training_awaited(there: Connection) -> Iterator[None]:
    """Let another submission use this one's core while the submission's clock is paused."""
    there.send(TrainingAwaited())
    try:
        yield
    finally:
        there.send(TrainingDone())
        if not isinstance(answer := there.recv(), GoOn):
            raise TypeError(f"a judge heard {answer!r:.100}, and expected GoOn")


def _send_verdicts(judging: Iterator[Verdict], there: Connection) -> tuple[Run, ...]:
    """Send each verdict; returns what the judge returns."""
    while True:
        try:
            there.send(VerdictReached(next(judging)))
        except StopIteration as end:
            return end.value or ()
