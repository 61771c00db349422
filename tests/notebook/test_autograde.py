"""A tiny class, graded once through nbgrader; each student shows one behaviour."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.model import Outcome
from grader.notebook import autograde, folders
from grader.notebook.autograde import Result
from grader.settings import Settings
from tests import tiny

PASSED, FAILED, CRASHED = Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED
OVER_LIMIT, NOT_ATTEMPTED = Outcome.OVER_LIMIT, Outcome.NOT_ATTEMPTED

# Student to the cells that differ from a good submission, and the outcomes of the three claims.
CLASS: dict[str, tuple[dict[str, str], tuple[Outcome, ...]]] = {
    "good": ({}, (PASSED, PASSED, PASSED)),
    "wrong": ({"add": "def add(a, b):\n    return 3"}, (PASSED, FAILED, PASSED)),
    "stderr": (
        {"add": "import sys\ndef add(a, b):\n    print('!', file=sys.stderr)\n    return a + b"},
        (PASSED, PASSED, PASSED),
    ),
    "raises": ({"add": "def add(a, b):\n    return a[b]"}, (CRASHED, CRASHED, PASSED)),
    "syntax": ({"add": "def add(a, b)"}, (CRASHED, CRASHED, PASSED)),
    "exits": ({"add": "import os\ndef add(a, b):\n    os._exit(0)"}, (CRASHED, CRASHED, PASSED)),
    "dies": ({"add": "import os\nos._exit(0)"}, (CRASHED, CRASHED, PASSED)),
    "sleeps": (
        {"total": "def total(numbers):\n    while True:\n        pass"},
        (PASSED, PASSED, OVER_LIMIT),
    ),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, Result]]:
    course = make_course(tmp_path_factory.mktemp("course"))
    for student, (cells, _) in CLASS.items():
        tiny.hand_in(course, student, tiny.submission(course, tiny.GOOD | cells))
    tiny.hand_in(course, "untouched", tiny.submission(course, {}))
    tiny.hand_in(course, "no_json", "no json")
    folders.submitted(course, "empty", "sums").mkdir(parents=True)
    return course, {result.student: result for result in autograde.grade(course, "sums")}


def make_course(folder: Path) -> Settings:
    from tests.conftest import ROOT

    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    with (folder / "course_config.py").open("a") as config:
        config.write('\nc.Course.assignments = ["sums"]\nc.Course.cell_seconds = 3\n')
    tiny.write_source(folder / "source" / "sums")
    return course_settings.load(folder)


Graded = tuple[Settings, dict[str, Result]]


@pytest.mark.parametrize("student", CLASS)
def test_each_claim_gets_its_outcome(graded: Graded, student: str) -> None:
    one = graded[1][student].graded
    assert one is not None
    assert tuple(verdict.outcome for verdict in one.verdicts) == CLASS[student][1]
