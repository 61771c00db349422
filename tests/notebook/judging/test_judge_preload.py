"""What judges are forked from has imported and compiled what each of them needs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.notebook.judging.judge_process import PRELOADED

PROGRAM = f"""
import json, sys, threading
import {PRELOADED}
print(json.dumps([sorted(sys.modules), threading.active_count()]))
"""


@pytest.mark.process
def test_it_holds_what_judges_need_and_can_be_forked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    modules, threads = json.loads(done.stdout)
    for name in ("grader.notebook.judging.judge_main", "numpy.random"):
        assert name in modules
    assert threads == 1
    assert not {"keras", "matplotlib", "scipy", "tensorflow"} & set(modules)
