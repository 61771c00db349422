"""What a judge's process does in place of judging, for tests of those who wait for it."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import gc
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from nbformat.v4 import new_notebook

from grader.engines.base import Silent
from grader.errors import RefereeError, SandboxError
from grader.model import ClaimEvidence, Outcome, Run, Verdict
from grader.notebook.assignment import Assignment
from grader.notebook.judging import (
    claim_judge,
    judge_limits,
    judge_main,
)
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import (
    CellStarted,
    ClaimBegun,
    ClaimExamined,
    CostsCounted,
    NotebookDone,
    TimingMeasured,
)
from grader.notebook.submission.rebuild import Rebuilt
from grader.referee.service import client, silence
from tests.patience import PATIENCE

RUN = Run("key", ({"loss": 1.0},), (1,), (), 1, False)


FIRST = Verdict("adds", Outcome.PASSED, 2.0)


def killed(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    bytearray(judge_limits.ADDRESS_BYTES)


def hanging(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    time.sleep(600)


def broken(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    raise RuntimeError("a mistake of ours")


def without_a_process(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


def without_a_sandbox(*_: Any) -> Iterator[Verdict]:
    yield FIRST
    raise SandboxError("no sandbox: install bubblewrap")


def collecting(examination: Examination, *rest: Any) -> Iterator[Verdict]:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    return whole(examination, *rest)


def whole(examination: Examination, _stopwatch: Any, _clock: Any, tell: Any) -> Iterator[Verdict]:
    tell(CellStarted("add"))
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.FAILED, claim.points, "half \ud800")
    examination.rebuilt.notebook.cells[0].source = "changed"


def working_on(*arguments: Any) -> Iterator[Verdict]:
    arguments[-1](CellStarted("add"))
    time.sleep(600)
    yield FIRST


def telling_its_memory(*_: Any) -> Iterator[Verdict]:
    kinds = resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE
    memory = [resource.getrlimit(kind)[0] for kind in kinds]
    with contextlib.suppress(MemoryError):
        np.ones(judge_limits.writable_bytes() // 8)  # addresses enough, but not so much memory
        memory.append(0)
    memory.append(int(Path("/proc/self/oom_score_adj").read_text()))
    yield dataclasses.replace(FIRST, message=str(memory))


def within_less(examination: Examination, *_: Any) -> Iterator[Verdict]:
    less = judge_limits.ADDRESS_BYTES // 2
    resource.setrlimit(resource.RLIMIT_AS, (less, less))
    read, write = multiprocessing.Pipe(duplex=False)
    with write:
        judge_main.judge = lambda *_: iter(())  # type: ignore[attr-defined]
        empty = dataclasses.replace(examination, rebuilt=Rebuilt(new_notebook()))
        judge_main.work(write, empty)
    told = [read.recv()]
    while isinstance(told[-1], TimingMeasured):
        told.append(read.recv())
    done = told[-1] == NotebookDone(new_notebook())
    yield dataclasses.replace(FIRST, message="done" if done else "")


@contextlib.contextmanager
def no_referee(*address: str, given_up: bool) -> Iterator[Any]:
    assert not given_up
    yield address


def waiting_for_long(examination: Examination, _stopwatch: Any, clock: Any, _tell: Any) -> Any:
    assert examination.referee == ("ipc:///nowhere", examination.settings.referee_key)
    with clock.paused():
        time.sleep(7)
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.PASSED, claim.points)
    return (RUN,)


def waiting_for_nothing(examination: Examination, _stopwatch: Any, clock: Any, _tell: Any) -> Any:
    with clock.paused():
        pass
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.PASSED, claim.points)


def lost_in_a_claim(
    end: Callable[[], Any], examination: Examination, _stopwatch: Any, _clock: Any, tell: Any
) -> Iterator[Any]:
    """Judges as the real one where an earlier process was lost; is lost in the second claim."""
    judged = {verdict.claim: verdict for verdict in examination.judged}
    for claim in examination.assignment.claims:
        if claim.name in judged:
            yield judged[claim.name]
        elif claim.name in examination.lost:
            run = examination.lost[claim.name]
            yield Verdict(claim.name, Outcome.FAILED, claim.points, run.description)
        else:
            tell(ClaimBegun(claim.name, 0.2))
            if claim.name == "adds_negatives":
                tell(CostsCounted(dataclasses.replace(examination.costs, epochs=3)))
                end()
            tell(ClaimExamined(ClaimEvidence(claim.name, "", "", "0")))
            yield Verdict(
                claim.name,
                Outcome.PASSED,
                claim.points,
                f"{examination.spent > 0} {examination.costs.epochs}",
            )


def computing() -> None:
    sum(range(10**15))  # one call of compiled code, in which Python cannot stop it


def crashing() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def with_less_time(*arguments: Any) -> None:
    """The process as it is, but a test may compute for half a second beside its questions."""
    claim_judge._OWN_SECONDS = 0.5  # type: ignore[assignment]
    judge_main.work(*arguments)


def about_networks(*arguments: Any) -> None:
    """The same, as if claims were about networks."""
    Assignment.uses_networks = property(lambda _: True)  # type: ignore[assignment]
    judge_main.connect = no_referee  # type: ignore[attr-defined]
    with_less_time(*arguments)


def asking_a_lost_referee(*arguments: Any) -> None:
    """The process as it is, but its judge only asks the referee, and not for long."""

    def judge(examination: Examination, *_: Any) -> Iterator[Verdict]:
        given_up = examination.referee.given_up
        with contextlib.suppress(RefereeError):
            examination.referee.hello()
        for claim in examination.assignment.claims:
            yield Verdict(claim.name, Outcome.PASSED, claim.points, f"{given_up}")

    silence.GIVEN_UP_SECONDS = client.UNCONNECTED_SECONDS = 0.3  # type: ignore[attr-defined]
    judge_main.judge = judge  # type: ignore[attr-defined, assignment]
    judge_main.work(*arguments)


def outliving(driver: int) -> None:
    judge_main._end_with(driver)
    time.sleep(4 * PATIENCE)


class Listening(Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def progress(self, detail: object) -> None:
        """Remember a detail."""
        self.heard.append(detail)

    def wait(self, reason: str) -> None:
        """Remember that a wait began."""
        self.heard.append(f"wait: {reason}")

    def go_on(self) -> None:
        """Remember that it ended."""
        self.heard.append("go on")


def played(judge: Callable[..., Any], *arguments: Any) -> None:
    """What the process does, with another judge in it."""
    judge_main.judge = judge  # type: ignore[attr-defined]
    judge_main.connect = no_referee  # type: ignore[attr-defined]
    judge_main.work(*arguments)
