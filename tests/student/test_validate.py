"""nbgrader's Validate heeds the configured time limit: a training takes minutes, not its 30 s."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler

from grader import settings as course_settings
from grader.settings import Settings
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel

SLEEPS = 4


def by_the_button(notebook: Path) -> str:
    """What JupyterLab's Validate button would show."""
    handler = SimpleNamespace(root_dir=str(notebook.parent), log=logging.getLogger("validate"))
    handler.load_config = lambda: ValidateAssignmentHandler.load_config(handler)
    answer = ValidateAssignmentHandler.validate_notebook(handler, notebook.name)
    assert answer["success"], answer["value"]
    return json.dumps(answer["value"])


def by_the_command(notebook: Path) -> str:
    """What ``nbgrader validate`` prints."""
    command = [sys.executable, "-m", "nbgrader", "validate", notebook.name]
    done = subprocess.run(
        command, cwd=notebook.parent, capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout + done.stderr


@pytest.fixture
def slow(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook whose claim takes some seconds, beside a course's configuration."""
    test = {"grade_id": "waits", "grade": True, "solution": False, "locked": True, "points": 1}
    cell = new_code_cell(
        f"import time; time.sleep({SLEEPS}); print('waited')",
        metadata={"nbgrader": {**test, "schema_version": 3, "task": False}},
    )
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tiny_course.root / "slow.ipynb"
    nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": kernelspec}), path)
    monkeypatch.chdir(tiny_course.root)
    return path


@pytest.mark.filterwarnings("ignore")  # nbgrader's and nbclient's own
@pytest.mark.parametrize("validate", [by_the_button, by_the_command])
def test_the_configured_limit_decides(slow: Path, validate: Callable[[Path], str]) -> None:
    assert "CellTimeoutError" not in validate(slow), "the course's own limit"
    with (slow.parent / "course_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 1\n")
    assert "CellTimeoutError" in validate(slow)


def test_the_courses_limit_is_as_long_as_gradings() -> None:
    course = course_settings.load(ROOT)
    longest = max(course.limits(name).cell_seconds for name in course.assignments)
    assert course.config.Execute.timeout >= longest
