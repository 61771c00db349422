"""The exercise that is attacked: three functions, tested with plain asserts as anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "numbers"
SECRET = "no student ever reads this line"  # stands in a hidden test
HEARD = "heard: -1 and -2"  # what a student's code may note of that test
QUIET_WIDTH = 101  # pixels of the widest picture that tells of visible tests alone
MAX_SCORE = 10
GIVEN = "given/table.csv"  # a file that the course hands out

GOOD = {
    "add": "def add(a, b):\n    return a + b",
    "total": "def total(numbers):\n    return sum(numbers)",
    "double": "def double(array):\n    return 2 * array",
}
CLAIMS = {
    "adds": (2, "assert add(1, 2) == 3"),
    "adds_negatives": (
        2,
        "# A hidden test stands here: it runs when your work is graded.\n"
        f"### BEGIN HIDDEN TESTS\n# {SECRET}\nassert add(-1, -2) == -3\n### END HIDDEN TESTS",
    ),
    "totals": (3, "assert total([1, 2, 3]) == 6"),
    "doubles": (
        3,
        "import numpy as np\n"
        "np.testing.assert_array_equal(double(np.array([1.0, 2.0])), np.array([2.0, 4.0]))",
    ),
}
_ORDER = ("add", "adds", "adds_negatives", "total", "totals", "double", "doubles")


def source(kernel: str = "course") -> NotebookNode:
    """The instructor's notebook."""
    kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
    cells = [new_markdown_cell("# Numbers", id="title")]
    cells += [_solution(name) if name in GOOD else _test(name) for name in _ORDER]
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def write_source(root: Path, kernel: str = "course") -> None:
    """Put the instructor's notebook into the course in ``root``."""
    folder = root / "source" / NAME
    folder.mkdir(parents=True)
    nbformat.write(source(kernel), folder / f"{NAME}.ipynb")
    (folder / GIVEN).parent.mkdir()
    (folder / GIVEN).write_text("1,2\n3,4\n")


def submission(cells: Mapping[str, str]) -> NotebookNode:
    """A student's notebook: right answers, but for ``cells`` (grade_id to text)."""
    notebook = source()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = (GOOD | dict(cells)).get(name, cell.source)
        cell.source = cell.source.partition("### BEGIN HIDDEN")[0]
    return notebook


def _solution(name: str) -> NotebookNode:
    head, body = GOOD[name].split("\n", 1)
    text = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    return new_code_cell(text, id=name, metadata=_nbgrader(name, solution=True))


def _test(name: str) -> NotebookNode:
    points, text = CLAIMS[name]
    head = f"# Claim: {name} is right.\n# Hint: look at {name} once more.\n"
    metadata = _nbgrader(name, grade=True, points=points)
    return new_code_cell(head + text, id=name.replace("_", "-"), metadata=metadata)


def _nbgrader(name: str, **more: object) -> dict[str, object]:
    known = {"grade": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": known | {"grade_id": name, "locked": "grade" in more} | more}
