"""What judges are forked from has imported and compiled what each of them needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from multiprocessing import forkserver

import psutil
import pytest

from grader.notebook.judging import judge_process
from grader.notebook.judging.judge_process import PRELOADED
from tests.patience import eventually, have_ended
from tests.processes import command_line

PROGRAM = f"""
import gc, json, sys, threading
import {PRELOADED}
from grader.sandbox.memory import memory_bound
known = memory_bound.cache_info().currsize
print(json.dumps([sorted(sys.modules), threading.active_count(), gc.isenabled(), known]))
"""


@pytest.mark.process
def test_it_holds_what_judges_need_and_can_be_forked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    modules, threads, collects, bounds = json.loads(done.stdout)
    for name in ("grader.notebook.judging.judge_main", "numpy.random"):
        assert name in modules
    assert threads == 1
    assert not collects  # Keras is imported next
    assert bounds == 1, "how memory is bounded, which each judge would try for itself"
    assert not {"keras", "matplotlib", "scipy", "tensorflow"} & set(modules)


@pytest.mark.kernel  # the server that judges are forked from is started
def test_the_server_reaps_what_a_judge_has_left() -> None:
    judge_process.start_server(uses_networks=False)
    server = psutil.Process(forkserver._forkserver._forkserver_pid)  # type: ignore[attr-defined]
    start = (os.P_NOWAIT, "sleep", "sleep", "600")
    judge = judge_process._PROCESSES.Process(target=os.spawnlp, args=start)
    judge.start()
    judge.join()

    def left() -> list[psutil.Process]:
        return [each for each in server.children() if command_line(each) == "sleep 600"]

    assert eventually(left)
    (orphan,) = left()
    orphan.kill()
    assert have_ended([orphan])
    assert server.is_running()
