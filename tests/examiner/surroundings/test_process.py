"""Environment variables, arguments and the working directory that a test sets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from grader.examiner.examiner import Finding
from grader.examiner.surroundings.process import Process
from grader.sandbox.guest.data.encoder import Encoder
from tests.examiner.surroundings.conftest import Make


def asked(process: Process) -> dict[str, Any]:
    question: dict[str, Any] = {}
    process.ask(question, Encoder(lambda *_: {}))
    return question


def test_only_what_a_test_sets_is_sent_and_it_is_put_back() -> None:
    process, before = Process(), (dict(os.environ), list(sys.argv))
    with process.held():
        assert asked(process) == {}
        os.environ["KEY_OF_A_TEST"] = "a"
        sys.argv = ["program", "-x"]
        assert asked(process) == {
            "environment": {"dict": [["KEY_OF_A_TEST", "a"]]},
            "argv": {"list": ["program", "-x"]},
        }
        os.environ.clear()
    assert (dict(os.environ), sys.argv) == before


def test_a_test_may_go_elsewhere(both: Make, kernel: Path) -> None:
    def write() -> None:
        Path("out.txt").write_text("out")

    test = """
import os
os.mkdir("deep")
os.chdir("deep")
write()
assert open("out.txt").read() == "out"
os.chdir("..")
write()
assert sorted(os.listdir(".")) == ["deep", "out.txt"]
"""
    assert both(write=write).tested(test) == Finding()
    assert (kernel / "deep" / "out.txt").exists()
