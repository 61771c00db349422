"""Children of a process that adopts orphans are all ended and reaped."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.patience import PATIENCE

PROGRAM = f"""
import os, subprocess, time
from grader.sandbox.processes import adopt_orphans, children_of, end_children
adopt_orphans()
subprocess.run(["sh", "-c", "(trap '' TERM; sleep 600) & sleep 600 & exit 0"])
subprocess.run(["sh", "-c", "true & exit 0"])
while len(found := children_of(os.getpid())) < 3:
    time.sleep(0.01)
begin = time.monotonic()
end_children({PATIENCE})
end_children({PATIENCE})  # there is none
print(len(found), children_of(os.getpid()), time.monotonic() - begin < {PATIENCE})
"""


@pytest.mark.process
def test_orphans_are_adopted_ended_and_reaped() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "3 [] True\n", done.stderr
