from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.classes.measure import Measured, Task, measure
from benchmarks.errors import BenchError
from tests.patience import eventually

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[3]
BUSY = "import time\nwhile time.process_time() < {seconds}: pass\n"


def measured(code: str, tmp_path: Path, limit: float = 60.0) -> Measured:
    command = [sys.executable, "-S", "-c", code]
    return measure(Task(command, str(tmp_path), dict(os.environ), str(tmp_path / "log"), limit))


def test_time_memory_code_and_output_of_a_command(tmp_path: Path) -> None:
    code = (
        "held = bytearray(200 << 20); held[::4096] = b'1' * 51200; print('said')\n"
        + BUSY.format(seconds=1)
    )
    taken = measured(code + "time.sleep(1.5)\nraise SystemExit(3)", tmp_path)
    assert taken.code == 3
    assert taken.wall >= 2
    assert 1 <= taken.cpu < 2.5
    assert 200 << 20 <= taken.memory < 300 << 20
    assert 200 << 20 <= taken.driver_memory < 300 << 20
    assert taken.left == []
    assert (tmp_path / "log").read_text() == "said\n"


def test_an_orphan_that_was_killed_counts_and_is_not_left(tmp_path: Path) -> None:
    orphan = BUSY.format(seconds=1) + "time.sleep(600)"
    code = (
        "import subprocess, sys, time\n"
        f"orphan = subprocess.Popen([sys.executable, '-S', '-c', {orphan!r}], "
        "start_new_session=True)\nopen('pid', 'w').write(str(orphan.pid))\ntime.sleep(4)\n"
    )
    taken = measured(code, tmp_path)
    assert taken.cpu >= 0.5  # on a busy machine, a part of its second
    assert len(taken.left) == 1
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


def test_a_command_over_its_limit_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    with pytest.raises(BenchError, match="it had not ended after 1 s"):
        measured(code, tmp_path, limit=1)
    assert time.monotonic() - began < 60
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


def test_nothing_runs_on_once_the_benchmark_was_killed(tmp_path: Path) -> None:
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    task = Task(
        [sys.executable, "-S", "-c", code], str(tmp_path), dict(os.environ), str(tmp_path / "l"), 60
    )
    measuring = f"from benchmarks.classes.measure import *\nmeasure({task!r})"
    process = subprocess.Popen([sys.executable, "-c", measuring], cwd=ROOT)
    assert eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    process.kill()
    process.wait()
    assert eventually(lambda: not psutil.pid_exists(int((tmp_path / "pid").read_text())))


def test_a_command_that_does_not_start_is_told(tmp_path: Path) -> None:
    task = Task([str(tmp_path / "none")], str(tmp_path), {}, str(tmp_path / "log"), 60)
    with pytest.raises(BenchError, match="No such file"):
        measure(task)
