"""A program that runs hostile code ends with all that it has started, or is ended in time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from tests.attacks import apart as apart_module
from tests.attacks.apart import apart, unshare
from tests.patience import PATIENCE, eventually

# As the attack searches_memory does with whatever started its kernel.
STOPS_WHO_STARTED_IT = """
import ctypes, os, time
started = os.getpid()
if os.fork() == 0:
    for number in (1, 2, started):
        ctypes.CDLL(None).ptrace(16, number, 0, 0)
    os._exit(0)
time.sleep(3600)
"""
KILLS_ALL = "import os; os.kill(-1, 9)"
LEAVES_A_DAEMON = """
import os, sys
if os.fork() == 0:
    os.setsid()
    os.execvp("sleep", ["sleep", "3600." + sys.argv[1]])
"""

pytestmark = pytest.mark.process


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text, str(os.getpid() + 10**9)]


def runs(word: str) -> bool:
    return any(word in each.info["cmdline"] for each in psutil.process_iter(["cmdline"], []))


@pytest.mark.parametrize("text", ["pass", "raise SystemExit(3)", KILLS_ALL])
def test_a_program_that_ends_is_told_from_one_that_does_not(text: str, tmp_path: Path) -> None:
    with apart(program(text), tmp_path, os.environ, PATIENCE) as ended:
        assert ended


def test_one_that_stops_whoever_started_it_is_ended_in_time(tmp_path: Path) -> None:
    command = program(STOPS_WHO_STARTED_IT)
    with apart(command, tmp_path, os.environ, 1.0) as ended:
        assert not ended
        assert runs(command[-1])
    assert not runs(command[-1])


def test_what_it_has_started_stays_until_the_context_is_left(tmp_path: Path) -> None:
    command = program(LEAVES_A_DAEMON)
    daemon = f"3600.{command[-1]}"
    with apart(command, tmp_path, os.environ, PATIENCE) as ended:
        assert ended
        assert eventually(lambda: runs(daemon))
    assert not runs(daemon)


def test_it_says_where_no_pid_namespace_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart_module, "_UNSHARE", ("sh", "-c", "echo not permitted >&2", "sh"))
    with (
        pytest.raises(RuntimeError, match=r"none; it said: not permitted\. Run this as root, or"),
        apart(["stock"], tmp_path, os.environ, PATIENCE),
    ):
        pass


def test_who_is_not_root_has_accounts_of_their_own_around_it() -> None:
    assert "--user" not in unshare(0)
    assert {"--pid", "--kill-child", "--user", "--map-current-user"} <= set(unshare(1000))
