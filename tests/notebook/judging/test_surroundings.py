"""One exercise in a sandbox whose tests use all that surrounds a call, and what its cells show."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader.model import Outcome
from grader.notebook.assignment import load_assignment
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge import judge
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.sanitize.outputs import has_picture, sanitise_notebook
from grader.notebook.submission import paths
from grader.notebook.submission.rebuild import rebuild
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings
from tests import tiny

pytestmark = pytest.mark.kernel

GIVEN = """
import logging
import random
import warnings

import matplotlib.pyplot as plt
import numpy as np
"""
SOLUTION = """
### BEGIN SOLUTION
from pathlib import Path
import tempfile

np.full = lambda *_: "forged"
Path("summary.txt").write_text("4 rows")
plt.plot([1, 2])


def rows(path="sales.csv"):
    return Path(path).read_text().splitlines()


def save(path, text):
    Path(path).write_text(text)


def spoil():
    Path("expected.txt").write_text("forged")


class Low(UserWarning):
    pass


def warn():
    warnings.warn("low", Low)


def noisy():
    import sys

    print("oh", file=sys.stderr)
    warnings.warn("old", DeprecationWarning)
    logging.getLogger("bank").info("paid")


def draw(values):
    plt.plot(values, color="red")
    plt.title("sales")
    plt.show()


def draw_on(axes, values):
    axes.plot(values)


def shuffled(n):
    return np.random.permutation(n)


def settings():
    import os
    import sys

    return os.environ.get("KEY"), sys.argv[1:], os.path.exists("here.txt")


def throw():
    return random.random()
### END SOLUTION
"""
SHOWS = """
draw([1, 2])
figure, axes = plt.subplots()
axes.plot([1, 2])
plt.close(figure)
figure
"""
TESTS = {
    "reads_files": """
expected = open("expected.txt").read()
assert len(rows()) == len(rows("sales.csv")) == int(expected) == 4, rows()
spoil()
assert open("expected.txt").read() == expected
assert open("summary.txt").read() == "4 rows"
""",
    "shares_files": """
import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "other.csv")
    with open(path, "w") as file:
        file.write("month,amount\\nMay,1\\n")
    assert rows(path) == ["month,amount", "May,1"]
    save(os.path.join(folder, "out.txt"), "saved")
    assert open(os.path.join(folder, "out.txt")).read() == "saved"
open("mine.csv", "w").write("a")
assert rows(os.path.abspath("mine.csv")) == rows("mine.csv") == ["a"]
save("here.txt", "here")
assert os.path.exists("here.txt")
""",
    "uses_a_helper": "from helpers import check\ncheck(rows)",
    "is_noisy": """
import contextlib, io, pytest, unittest
with pytest.warns(Low, match="low"):
    warn()
err = io.StringIO()
with contextlib.redirect_stderr(err), pytest.warns(DeprecationWarning, match="old"):
    noisy()
assert err.getvalue() == "oh\\n", err.getvalue()
with unittest.TestCase().assertLogs("bank", level="INFO") as logs:
    noisy()
assert logs.output == ["INFO:bank:paid"], logs.output
""",
    "draws": """
assert plt.get_fignums() == []
draw([1, 4])
assert plt.get_fignums() == [1]
assert plt.gca().get_title() == "sales"
(line,) = plt.gcf().axes[0].lines
assert (list(line.get_ydata()), line.get_color()) == ([1, 4], "red")
plt.close("all")
assert plt.get_fignums() == []
figure, axes = plt.subplots(1, 2)
draw_on(axes[1], [5, 6])
assert (len(axes[0].lines), len(axes[1].lines)) == (0, 1)
""",
    "sets_what_a_program_reads": """
import os, sys, tempfile
from unittest import mock
with mock.patch.dict(os.environ, KEY="a"), mock.patch("sys.argv", ["program", "-x"]):
    assert settings()[:2] == ("a", ["-x"])
assert settings()[0] is None
with tempfile.TemporaryDirectory() as folder:
    before = os.getcwd()
    os.chdir(folder)
    save("here.txt", "here")
    assert os.listdir(folder) == ["here.txt"] and settings()[2]
    os.chdir(before)
""",
    "seeds": """
np.random.seed(0)
random.seed(0)
first = shuffled(9), throw()
np.random.seed(0)
random.seed(0)
assert list(first[0]) == list(np.random.permutation(9)), first
assert first[1] == random.random()
assert list(np.full(2, 3)) == [3, 3]
""",
}


def _cell(name: str, text: str, *, grade: bool) -> Any:
    known = {"grade": grade, "solution": not grade, "locked": grade, "task": False}
    known |= {"grade_id": name, "schema_version": 3, **({"points": 1} if grade else {})}
    return new_code_cell(text, id=name.replace("_", "-"), metadata={"nbgrader": known})


def test_a_test_cell_has_around_it_what_it_has_in_a_notebook(
    tiny_course: Settings, tmp_path: Path
) -> None:
    folder = tiny_course.root / "source" / "sums"
    tests = [
        _cell(name, f"# Claim: {name}.\n# Hint: none.\n{text}", grade=True)
        for name, text in TESTS.items()
    ]
    cells = [new_code_cell(GIVEN, id="given"), _cell("all", SOLUTION, grade=False), *tests]
    cells.insert(-1, new_code_cell(SHOWS, id="shows"))
    nbformat.write(new_notebook(cells=cells), folder / "sums.ipynb")
    (folder / "sales.csv").write_text("a\nb\nc\nd\n")
    (folder / "expected.txt").write_text("4")
    (folder / "helpers.py").write_text(
        "import matplotlib.pyplot as plt\ndef check(f):\n    assert len(f('sales.csv')) == 4\n"
    )
    assignment = load_assignment(tiny_course, "sums")
    files = tmp_path / "files"
    shutil.copytree(folder, files, ignore=shutil.ignore_patterns("*.ipynb"))
    rebuilt = rebuild(assignment, assignment.source)
    examination = Examination(assignment, rebuilt, files, tiny_course)
    verdicts = list(judge(examination, Stopwatch()))
    assert [verdict.claim for verdict in verdicts] == list(TESTS)
    assert [(v.claim, v.message) for v in verdicts if v.outcome is not Outcome.PASSED] == []
    sanitise_notebook(rebuilt.notebook)
    shown = {cell.id: _pictures(cell) for cell in rebuilt.notebook.cells if cell.outputs}
    assert shown == {"all": 1, "shows": 2}, "one of plt.plot, and no figure that a test has drawn"


def test_notebooks_and_modules_beside_can_be_run_as_helpers(
    tiny_course: Settings, tmp_path: Path
) -> None:
    answers = {
        "add": "%run 'my tools/plus.ipynb'\nadd = plus",
        "total": "import sums_of\nfrom sums_of import total",
    }
    path = tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, answers))
    tools = path.parent / "my tools"
    tools.mkdir()
    cells = ["%matplotlib inline", "def plus(a, b):\n    return a + b", "print('tools')"]
    nbformat.write(new_notebook(cells=[*map(new_code_cell, cells)]), tools / "plus.ipynb")
    (path.parent / "sums_of.py").write_text("def total(numbers):\n    return sum(numbers)\n")
    assignment = load_assignment(tiny_course, "sums")
    submission = paths.submission(tiny_course, "ada", "sums")
    files_of(tiny_course, submission).lay_out(tmp_path / "files")
    rebuilt = rebuild(assignment, nbformat.read(path, 4))
    verdicts = list(
        judge(Examination(assignment, rebuilt, tmp_path / "files", tiny_course), Stopwatch())
    )
    assert [(v.claim, v.message) for v in verdicts if v.outcome is not Outcome.PASSED] == []
    (solution,) = (cell for cell in rebuilt.notebook.cells if cell.id == "add")
    assert "tools" in solution.outputs[0].text


def _pictures(cell: NotebookNode) -> int:
    return sum(has_picture(output) for output in cell.outputs)
