"""A judge's process that ends too early: what it said counts, the rest is nobody's zero."""

from __future__ import annotations

import ast
import dataclasses
import functools
import multiprocessing
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq

from grader.engines.base import Cancelled, Reporter, Silent, WorkLost
from grader.errors import SandboxError
from grader.model import Limits, Outcome, Verdict
from grader.notebook.assignment import load_assignment
from grader.notebook.judging import (
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
    VerdictReached,
)
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.time_limits import GRACE_SECONDS
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny
from tests.notebook.judging.made_up_judges import (
    FIRST,
    RUN,
    Listening,
    about_networks,
    asking_a_lost_referee,
    broken,
    collecting,
    computing,
    crashing,
    hanging,
    killed,
    lost_in_a_claim,
    out_of_memory,
    outliving,
    played,
    telling_its_memory,
    waiting_for_long,
    waiting_for_nothing,
    whole,
    with_less_time,
    within_less,
    without_a_process,
    without_a_sandbox,
    working_on,
)
from tests.patience import PATIENCE

pytestmark = pytest.mark.kernel


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
