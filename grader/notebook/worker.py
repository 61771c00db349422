"""Judges a submission in a process of its own, so that nothing it meets can end the class.

The process is trusted: it runs the examiner, and student code only ever runs in the kernel that it
talks to. But it builds networks from what students declare, and reads what their kernels send. So
it has limits too, and its end is a fault of the grader for the claims that it left open.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import multiprocessing
import os
import re
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection

from nbformat import NotebookNode
from traitlets.config import Config

from grader.errors import GraderError
from grader.model import Outcome, Run, Timing, Verdict
from grader.notebook import outputs
from grader.notebook.assignments import Assignment, is_claim
from grader.notebook.judge import Examination, judge
from grader.notebook.stopwatch import Stopwatch
from grader.referee.client import connect
from grader.referee.recipe import Referee

LOG = logging.getLogger("grader.worker")

MEMORY_BYTES = 24 << 30  # of addresses: TensorFlow reserves many and uses few
_REFEREE_SECONDS = 6 * 3600.0  # for one epoch of a class that waits for one worker
_END_SECONDS = 30.0  # for a process that has said its last word to clear up

_NETWORKS = re.compile(r"grader\.checks\.(architecture|training|activations|figures)")

# Forked from a server that has imported what judging needs, and in which nothing else has happened:
# Keras takes seconds to import, and can be forked as long as it has not computed anything.
_PROCESSES = multiprocessing.get_context("forkserver")

_open: list[AbstractContextManager[Referee]] = []  # of a judging process


@dataclass(frozen=True)
class _Waiting:
    """Sent where the judging process begins to wait for the referee, and where it ends to.

    Attributes:
        seconds: that it is given for that, and in the end, less than 0, did not need.
    """

    seconds: float


def judge_apart(
    examination: Examination,
    stopwatch: Stopwatch,
    progress: Callable[[str], None],
    referee: str = "",
) -> tuple[NotebookNode, tuple[Verdict, ...], tuple[Run, ...]]:
    """Judge in a process of its own; see ``grader.notebook.judge``.

    Args:
        examination: the submission, and what it is judged with; its referee is connected there.
        stopwatch: is told where the time goes.
        progress: told the name of each cell before it runs.
        referee: the referee's address; empty for an assignment that trains nothing.

    Returns:
        The executed notebook (as it came, if the process was lost), one verdict a claim, and what
        the referee trained.

    Raises:
        GraderError: nothing could be judged at all, for example without a sandbox.
    """
    assignment, settings = examination.assignment, examination.settings
    needed = [__name__, "keras"] if judges_networks(assignment) else [__name__]
    _start_server(needed)
    here, there = _PROCESSES.Pipe(duplex=False)
    # What nbgrader's classes are configured with may hold anything, and is not needed there.
    plain = dataclasses.replace(settings, config=Config())
    apart = dataclasses.replace(examination, settings=plain)
    process = _PROCESSES.Process(target=_work, args=(there, apart, referee), daemon=True)
    process.start()
    there.close()
    limits = settings.limits(assignment.name)
    # The sandbox ends itself in time; twice that is for work of ours beside it.
    deadline = time.monotonic() + 2 * limits.submission_seconds + 60
    verdicts: list[Verdict] = []
    runs: tuple[Run, ...] = ()
    notebook = examination.rebuilt.notebook
    try:
        while here.poll(max(0.0, deadline - time.monotonic())):
            match here.recv():
                case str(name):
                    progress(name)
                case Verdict() as verdict:
                    verdicts.append(verdict)
                case bytes() as trace:
                    LOG.error("judging %s failed:\n%s", assignment.name, trace.decode())
                case Timing() as timing:
                    stopwatch.add(timing.part, timing.wall, timing.cpu, timing.student)
                case GraderError() as error:
                    raise error
                case _Waiting() as waiting:
                    deadline += waiting.seconds
                case tuple() as found:
                    runs = found
                case done:
                    notebook = done
        process.kill()  # its time is up
    except EOFError:
        process.join(_END_SECONDS)
    except GraderError:
        process.join(_END_SECONDS)
        raise
    finally:  # whatever ends this: Ctrl-C here must not leave a class's process behind
        process.kill()
        process.join()
        here.close()
    return notebook, (*verdicts, *_left_open(assignment, verdicts, process.exitcode)), runs


def _start_server(needed: list[str]) -> None:
    """Start the process that judges are forked from, unless it runs.

    Its stderr leads nowhere: TensorFlow greets on it whoever imports it, in several lines. What
    goes wrong in a judge is sent instead.
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


def _work(there: Connection, examination: Examination, referee: str = "") -> None:
    """What the process does: sends cell names, verdicts, runs, and the notebook at the end."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    memory = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # networks are looked at on the CPU
    stopwatch = Stopwatch()
    try:
        with _connected(there, examination, referee) as connected:
            if runs := _send_all(judge(connected, stopwatch, there.send), there):
                there.send(runs)
        with stopwatch.measure("cleaning outputs"):
            # Here, where decoding pictures is limited like the rest.
            outputs.sanitise_notebook(examination.rebuilt.notebook)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        stopwatch.add("keeping the sandbox", 0.0, children.ru_utime + children.ru_stime)
        for timing in stopwatch.timings:
            there.send(timing)
        there.send(examination.rebuilt.notebook)
    except GraderError as error:
        there.send(error)
    except Exception:
        there.send(traceback.format_exc().encode(errors="replace"))
        raise


@contextlib.contextmanager
def _connected(there: Connection, examination: Examination, referee: str) -> Iterator[Examination]:
    """The examination with the referee at an address, if there is one."""

    @contextlib.contextmanager
    def waiting() -> Iterator[None]:
        begin = time.monotonic()
        there.send(_Waiting(_REFEREE_SECONDS))
        try:
            yield
        finally:
            there.send(_Waiting(time.monotonic() - begin - _REFEREE_SECONDS))

    if not referee:
        yield examination
        return
    connection = connect(referee, examination.settings.referee_key)
    # It ends with this process: closing it would wait for an epoch that a dead kernel asked for.
    _open.append(connection)
    yield dataclasses.replace(examination, referee=connection.__enter__(), waiting=waiting)


def _send_all(judging: Iterator[Verdict], there: Connection) -> tuple[Run, ...]:
    """Send each verdict; returns what the judge returns."""
    while True:
        try:
            there.send(next(judging))
        except StopIteration as end:
            return end.value or ()


def judges_networks(assignment: Assignment) -> bool:
    """Whether test cells look at Keras models, which the examiner then builds."""
    return any(is_claim(cell) and _NETWORKS.search(cell.source) for cell in assignment.source.cells)


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
