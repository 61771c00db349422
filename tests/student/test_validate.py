"""nbgrader's Validate shows one table of claims, and heeds the configured time limit.

A training takes minutes, not nbgrader's 30 s.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import NotebookNode
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


def claim(name: str, points: int, code: str) -> NotebookNode:
    """A visible test cell."""
    known = {"grade_id": name, "grade": True, "solution": False, "locked": True, "points": points}
    return new_code_cell(
        f"# Claim: {name} holds.\n# Hint: look at {name}.\n{code}",
        metadata={"nbgrader": {**known, "schema_version": 3, "task": False}},
    )


@pytest.fixture
def claims(tiny_course: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook with claims, for a kernel of IPython's own, beside a course's configuration."""
    cells = [
        new_code_cell("def add(a, b):\n    return [a][b]"),
        claim("checked", 2, "from grader.checks.answers import text\ntext(7, what='it')"),
        claim("raises", 3, "add(1, 2)"),
        claim("warns", 1, "import sys; print('a warning', file=sys.stderr)"),
    ]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tiny_course.root / "claims.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), path)
    monkeypatch.chdir(tiny_course.root)
    return path


@pytest.mark.filterwarnings("ignore")  # nbgrader's and nbclient's own
@pytest.mark.parametrize("validate", [by_the_button, by_the_command])
def test_one_table_says_what_became_of_each_claim(
    claims: Path, validate: Callable[[Path], str]
) -> None:
    shown = " ".join(re.sub(r"<[^>]*>", " ", validate(claims)).split())
    assert "it is 7 (int). Expected: a text" in shown
    assert "Hint: look at checked." in shown
    assert "ended with IndexError: list index out of range. It was raised in line 2" in shown
    assert "1 of 3 tested claims passed. Points: 1 / 6." in shown
    for absent in ("Traceback", "from grader.checks", "site-packages", "cell failed"):
        assert absent not in shown


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
