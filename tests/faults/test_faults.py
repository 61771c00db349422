"""A few drawn moments of each fault, and that what is wrong is seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.faults import judged
from tests.faults.child import Ended
from tests.faults.elsewhere import ELSEWHERE
from tests.faults.kinds import FAULTS, KILL, Fault
from tests.faults.no_processes import NO_PROCESSES
from tests.patience import PATIENCE

FULL = next(fault for fault in FAULTS if fault.name == "full disk")
CLOCK = next(fault for fault in FAULTS if fault.harmless)
WELL = "grader: the disk: No space left on device; make room, then run the same command again"


@pytest.mark.kernel
@pytest.mark.process
@pytest.mark.parametrize(
    ("only", "moments"),
    [("grade,", 1), pytest.param("", 1000, marks=[pytest.mark.slow, pytest.mark.long])],
)
def test_each_fault_at_drawn_moments_costs_nothing_but_time(only: str, moments: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--only", only, "--moments", str(moments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE if only else None,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(fault.name in done.stdout for fault in (*FAULTS, NO_PROCESSES))


@pytest.mark.process
@pytest.mark.parametrize(
    ("code", "ends"),
    [("zmq.Context().socket(zmq.PUB)", -signal.SIGABRT), ("guarded_context()", 1)],
    ids=["zmq", "ours"],
)
def test_a_process_that_gets_no_thread_says_so_where_zmq_would_end_it(code: str, ends: int) -> None:
    program = (
        "import zmq\nfrom grader.sandbox.guarded_context import guarded_context\n"
        f"from tests.faults.no_processes import refuse_processes\nrefuse_processes()\n{code}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, done.stderr
    assert ("start new thread" in done.stderr) is (ends == 1)


@pytest.mark.parametrize("test", [test for some in ELSEWHERE.values() for test in some])
def test_a_fault_that_is_tried_elsewhere_has_its_test(test: str) -> None:
    module, _, name = test.partition("::")
    assert f"\ndef {name}(" in (ROOT / "tests" / module).read_text()


def ended(code: int, complained: str = WELL) -> Ended:
    return Ended(code, "", complained, 0)


@pytest.mark.parametrize(
    ("fault", "end", "problem"),
    [
        (KILL, ended(0), "it was not killed"),
        (FULL, ended(70), "exit code 70"),
        (FULL, ended(2, "Traceback (most recent call last)\n" + WELL), "a traceback"),
        (FULL, ended(2, f"{WELL}\n{WELL}"), "not one line"),
        (FULL, ended(2, "grader: it failed; run the same command again"), "what failed"),
        (FULL, ended(2, "grader: No space left on device"), "what to do"),
        (CLOCK, ended(2), "nothing was to fail"),
    ],
)
def test_a_bad_end_is_seen(fault: Fault, end: Ended, problem: str) -> None:
    assert problem in "; ".join(judged.problems(fault, end))


@pytest.mark.parametrize(
    ("fault", "end"),
    [(KILL, ended(-signal.SIGKILL, "")), (FULL, ended(2)), (FULL, ended(0, "")), (CLOCK, ended(0))],
)
def test_a_good_end_is_none(fault: Fault, end: Ended) -> None:
    assert not list(judged.problems(fault, end))


def test_work_that_is_done_again_or_gone_is_seen() -> None:
    before = {"ada": (1, b"a"), "ben": (1, b"b"), "cleo": (1, b"c")}
    assert judged.lost(before, {"ada": (1, b"a"), "ben": (2, b"b")}) == ["ben", "cleo"]
    assert judged.differences({"a": 1, "b": 2}, {"a": 1}) == ["b: 'None', expected '2'"]
