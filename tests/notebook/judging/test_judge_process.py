"""A judge's process that ends too early: what it said counts, the rest is nobody's zero."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import errno
import functools
import gc
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zmq
from nbformat.v4 import new_notebook

from grader.engines.base import Cancelled, Reporter, Silent, WorkLost
from grader.errors import RefereeError, SandboxError
from grader.model import ClaimEvidence, Limits, Outcome, Run, Verdict
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.judging import (
    claim_judge,
    class_referee,
    judge_hearing,
    judge_limits,
    judge_main,
    judge_process,
)
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import (
    CellStarted,
    ClaimExamined,
    NotebookDone,
    TimingMeasured,
    VerdictReached,
)
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.time_limits import GRACE_SECONDS
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from grader.referee.service import client, silence
from grader.settings import Settings
from tests import tiny
from tests.patience import PATIENCE

pytestmark = pytest.mark.kernel

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


def whole(
    examination: Examination, _stopwatch: Any, progress: Any, _clock: Any
) -> Iterator[Verdict]:
    progress("add")
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.FAILED, claim.points, "half \ud800")
    examination.rebuilt.notebook.cells[0].source = "changed"


def working_on(*arguments: Any) -> Iterator[Verdict]:
    arguments[2]("add")
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
        judge_main.judge = lambda *_, **__: iter(())  # type: ignore[attr-defined]
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


def waiting_for_long(examination: Examination, *others: Any) -> Any:
    assert examination.referee == ("ipc:///nowhere", examination.settings.referee_key)
    with others[-1].paused():
        time.sleep(7)
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.PASSED, claim.points)
    return (RUN,)


def waiting_for_nothing(examination: Examination, *others: Any) -> Any:
    with others[-1].paused():
        pass
    for claim in examination.assignment.claims:
        yield Verdict(claim.name, Outcome.PASSED, claim.points)


def lost_in_a_claim(end: Callable[[], Any], examination: Examination, **told: Any) -> Iterator[Any]:
    """Judges as the real one where an earlier process was lost; is lost in the second claim."""
    judged = {verdict.claim: verdict for verdict in examination.judged}
    for claim in examination.assignment.claims:
        if claim.name in judged:
            yield judged[claim.name]
        elif claim.name in examination.lost:
            run = examination.lost[claim.name]
            yield Verdict(claim.name, Outcome.FAILED, claim.points, run.description)
        else:
            told["begun"](claim.name, 0.2)
            if claim.name == "adds_negatives":
                told["counted"](dataclasses.replace(examination.costs, epochs=3))
                end()
            told["evidence"](ClaimEvidence(claim.name, "", "", "0"))
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
    Assignment.uses_networks = True  # type: ignore[method-assign, assignment]
    judge_main.connect = no_referee  # type: ignore[attr-defined]
    with_less_time(*arguments)


def asking_a_lost_referee(*arguments: Any) -> None:
    """The process as it is, but its judge only asks the referee, and not for long."""

    def judge(examination: Examination, *_: Any, **__: Any) -> Iterator[Verdict]:
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
    told = isinstance(judge, functools.partial)  # it takes what the process is told, too
    judge_main.judge = (  # type: ignore[attr-defined]
        lambda *given, **named: judge(given[0], **named) if told else judge(*given)
    )
    judge_main.connect = no_referee  # type: ignore[attr-defined]
    judge_main.work(*arguments)


@pytest.fixture
def play(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[Any, tuple[Verdict, ...], Any]]:
    """Judge a good submission with another judge; give it a few seconds."""
    limits = Limits(submission_seconds=6 - GRACE_SECONDS)  # the process itself has six seconds
    course = dataclasses.replace(tiny_course, limits_of={"sums": limits})
    assignment = load_assignment(course, "sums")
    rebuilt = rebuild(assignment, tiny.submission(course, tiny.GOOD))

    def run(judge: Callable[..., Any], reporter: Reporter | None = None, referee: str = "") -> Any:
        monkeypatch.setattr(judge_main, "work", functools.partial(played, judge))
        examination = Examination(assignment, rebuilt, course.root, course)
        return judge_process.judge_apart(
            examination, Stopwatch(), reporter or Silent(), referee, tmp_path
        )

    return run


@pytest.mark.parametrize(
    ("judge", "end"), [(killed, -9), (out_of_memory, 1), (broken, 1), (hanging, -9)]
)
def test_what_was_said_counts_and_the_rest_is_the_graders_fault(
    play: Any, judge: Any, end: int
) -> None:
    _, (first, *others), _ = play(judge)
    assert first == FIRST
    assert [(one.claim, one.outcome) for one in others] == [
        ("adds_negatives", Outcome.GRADER_FAULT),
        ("totals", Outcome.GRADER_FAULT),
    ]
    assert others[0].score is None
    assert others[0].message == (
        f"The grader failed (its process ended with {end}); this is not your fault."
    )


@pytest.mark.parametrize(
    ("end", "what"), [(computing, "was stopped: time limit"), (crashing, "ended with -11")]
)
def test_a_claim_in_which_a_judge_was_lost_leaves_the_others_their_verdicts(
    play: Any, monkeypatch: pytest.MonkeyPatch, end: Any, what: str
) -> None:
    monkeypatch.setattr(judge_hearing, "OVERRUN_SECONDS", 0.5)
    reporter = Listening()
    _, verdicts, _ = play(functools.partial(lost_in_a_claim, end), reporter)
    assert [verdict.outcome for verdict in verdicts] == [
        *(Outcome.PASSED, Outcome.FAILED, Outcome.PASSED)
    ]
    assert what in verdicts[1].message
    # The first was kept, the last one was judged in a second process, with less time and epochs.
    assert [verdicts[0].message, verdicts[2].message] == ["False 0", "True 3"]
    assert [each for each in reporter.heard if isinstance(each, VerdictReached)] == [
        *map(VerdictReached, verdicts)
    ]


@pytest.mark.parametrize(("work", "times"), [(with_less_time, 1), (about_networks, 2)])
def test_an_answer_that_python_cannot_stop_working_on_costs_its_claim_alone(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, work: Any, times: int
) -> None:
    monkeypatch.setitem(tiny.TESTS, "totals", ("assert sum(range(total([1, 2, 3]))) == 15", 2))
    monkeypatch.setattr(judge_hearing, "OVERRUN_SECONDS", 0.5)
    monkeypatch.setattr(judge_main, "work", work)
    limits = Limits(cell_seconds=2)
    course = dataclasses.replace(tiny_course, limits_of={"sums": limits})
    shutil.rmtree(course.root / "source" / "sums")
    tiny.write_source(course.root / "source" / "sums")
    assignment = load_assignment(course, "sums")
    slow = {"total": "print('ran')\ndef total(numbers):\n    return 10**15"}
    rebuilt = rebuild(assignment, tiny.submission(course, tiny.GOOD | slow))
    (course.root / "files").mkdir()
    examination = Examination(assignment, rebuilt, course.root / "files", course)
    reporter, begin = Listening(), time.monotonic()
    notebook, verdicts, _ = judge_process.judge_apart(
        examination, Stopwatch(), reporter, scratch=tmp_path
    )
    assert time.monotonic() - begin < limits.cell_seconds + PATIENCE
    assert [verdict.outcome for verdict in verdicts] == [
        *(Outcome.PASSED, Outcome.PASSED, Outcome.OVER_LIMIT)
    ]
    assert "was stopped: time limit" in verdicts[2].message
    assert "the cell `total`" in verdicts[2].message  # what to look at
    assert "ran" in str(notebook)
    told = [each.evidence.claim for each in reporter.heard if isinstance(each, ClaimExamined)]
    assert told.count("adds") == times  # a claim on a training asks what others have looked at
    assert told.count("adds_negatives") == 1
    assert "totals" not in told
    assert len([each for each in reporter.heard if isinstance(each, VerdictReached)]) == 3


def test_a_machine_without_a_sandbox_judges_nobody(play: Any) -> None:
    with pytest.raises(SandboxError, match="install bubblewrap"):
        play(without_a_sandbox)


def test_a_machine_that_lacks_processes_judges_nobody_and_is_no_fault_of_ours(
    play: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BlockingIOError, match="Resource temporarily unavailable"):
        play(without_a_process)
    assert "Traceback" not in caplog.text


def test_where_no_judge_can_be_forked_the_work_is_lost_and_may_be_tried_again(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(_: Any) -> None:
        raise EOFError("unexpected EOF")

    with monkeypatch.context() as patch:
        patch.setattr(judge_process._PROCESSES.Process, "start", ended)
        with pytest.raises(WorkLost, match="what judges are forked from has ended"):
            play(whole)


def test_verdicts_and_the_notebook_come_back_whole(play: Any) -> None:
    reporter = Listening()
    notebook, verdicts, _ = play(whole, reporter)
    assert reporter.heard == [CellStarted("add"), *map(VerdictReached, verdicts)]
    assert {verdict.message for verdict in verdicts} == {"half \ud800"}
    assert notebook.cells[0].source == "changed"


def test_a_judge_collects_garbage_though_what_it_is_forked_from_does_not(play: Any) -> None:
    _, verdicts, _ = play(collecting)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.FAILED}


def test_who_stops_waiting_leaves_no_process_behind(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Silent):
        def progress(self, detail: object) -> None:
            raise KeyboardInterrupt

    # A process that may end by itself is waited for.
    monkeypatch.setattr(judge_process, "_END_SECONDS", 4 * PATIENCE)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        play(working_on, Interrupted())
    assert time.monotonic() - begin < PATIENCE
    assert multiprocessing.active_children() == []


def test_cancelled_judging_ends_the_process(play: Any) -> None:
    class Unwanted(Silent):
        def progress(self, detail: object) -> None:
            self.cancelled = True

    with pytest.raises(Cancelled):
        play(working_on, Unwanted())
    assert multiprocessing.active_children() == []


def test_memory_is_bounded_and_an_account_with_less_can_grade(play: Any) -> None:
    _, (verdict, *_), _ = play(telling_its_memory)
    *limits, ends_first = ast.literal_eval(verdict.message)
    writable = judge_limits.writable_bytes()
    assert limits == [judge_limits.ADDRESS_BYTES, writable, judge_limits.FILE_BYTES]
    assert ends_first > int(Path("/proc/self/oom_score_adj").read_text())
    _, (verdict, *_), _ = play(within_less)
    assert verdict.message == "done"


def test_waiting_for_the_referee_takes_none_of_a_judges_time(play: Any) -> None:
    reporter = Listening()
    _, verdicts, runs = play(waiting_for_long, reporter, referee="ipc:///nowhere")
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}
    assert runs == (RUN,)
    assert reporter.heard[:2] == ["wait: a training", "go on"]


def test_a_referee_that_one_judge_has_given_up_is_not_waited_for_as_long_by_the_next(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judge_main, "work", asking_a_lost_referee)
    course = dataclasses.replace(tiny_course, referee_key=zmq.curve_keypair()[0].decode())
    assignment = load_assignment(course, "sums")
    rebuilt = rebuild(assignment, tiny.submission(course, tiny.GOOD))
    examination = Examination(assignment, rebuilt, course.root, course)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    for given_up in ("False", "True"):
        _, verdicts, _ = judge_process.judge_apart(
            examination, Stopwatch(), Silent(), address, tmp_path
        )
        assert [verdict.message for verdict in verdicts] == [given_up] * 3
        assert class_referee.is_lost(address)
    class_referee.note(address, lost=False)


def test_a_judge_goes_on_only_when_it_may(play: Any) -> None:
    class Slow(Listening):
        def go_on(self) -> None:
            time.sleep(7)  # more than the process has
            super().go_on()

    reporter = Slow()
    _, verdicts, _ = play(waiting_for_nothing, reporter)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.PASSED}
    assert reporter.heard[:2] == ["wait: a training", "go on"]


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # of JAX, if a test imported it
def test_a_judge_ends_with_the_process_that_asked_for_it() -> None:
    """It is forked from a server, and so no child of the one that it works for."""
    driver = subprocess.Popen(["sleep", "600"])
    process = multiprocessing.get_context("fork").Process(target=outliving, args=(driver.pid,))
    process.start()
    driver.kill()
    driver.wait()
    process.join(PATIENCE)
    assert process.exitcode == 1
