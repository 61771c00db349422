"""An exercise small enough to read at once: ``add`` two numbers, ``total`` a list with it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.notebook.assignment import grade_id, load_assignment
from grader.notebook.submission import paths
from grader.settings import Settings

SOLUTIONS = {
    "add": "def add(a, b):\n    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION",
    "total": (
        "def total(numbers):\n    ### BEGIN SOLUTION\n    result = 0\n"
        "    for number in numbers:\n        result = add(result, number)\n"
        "    return result\n    ### END SOLUTION"
    ),
}
TESTS = {
    "adds": ("assert add(1, 2) == 3, f'add(1, 2) is {add(1, 2)}, expected 3'", 2),
    "adds_negatives": ("### BEGIN HIDDEN TESTS\nassert add(-1, -2) == -3\n### END HIDDEN TESTS", 1),
    "totals": ("assert total([1, 2, 3]) == 6", 3),
}


def source() -> NotebookNode:
    """The instructor's notebook."""
    cells = [
        new_markdown_cell("# Sums", id="title"),
        new_code_cell("import math", id="imports"),
        _solution("add"),
        _test("adds"),
        _test("adds_negatives"),
        _solution("total"),
        _test("totals"),
        _written(),
    ]
    kernelspec = {"name": "course", "display_name": "Deep learning course", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def write_source(folder: Path) -> None:
    """Put the instructor's notebook into ``folder``."""
    folder.mkdir(parents=True)
    nbformat.write(source(), folder / "sums.ipynb")


def make_course(folder: Path, cell_seconds: float) -> Settings:
    """A course in ``folder`` with this one exercise and the real course's configuration."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(Path(__file__).parent.parent / name, folder)
    with (folder / "course_config.py").open("a") as config:
        config.write('\nc.Course.assignments = ["sums"]\n')
        config.write(f'c.Course.limits = {{"*": {{"cell_seconds": {cell_seconds}}}}}\n')
    write_source(folder / "source" / "sums")
    return course_settings.load(folder)


def submission(course: Settings, answers: Mapping[str, str]) -> NotebookNode:
    """A student's notebook: the release with ``answers`` (grade_id to text) in it."""
    notebook = load_assignment(course, "sums").master
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source) if grade_id(cell) else cell.source
    return notebook


def hand_in(course: Settings, student: str, notebook: NotebookNode | str) -> Path:
    """Put a notebook (or any text in its place) into the student's submitted folder."""
    path = paths.submission(course, student, "sums").notebook
    path.parent.mkdir(parents=True)
    path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
    return path


GOOD = {
    "add": "def add(a, b):\n    return a + b",
    "total": "def total(numbers):\n    return sum(numbers)",
}


def _solution(name: str) -> NotebookNode:
    return new_code_cell(SOLUTIONS[name], id=name, metadata=_nbgrader(name, solution=True))


def _test(name: str) -> NotebookNode:
    text, points = TESTS[name]
    head = f"# Claim: {name} is right.\n# Hint: look at {name} once more.\n"
    metadata = _nbgrader(name, grade=True, points=points)
    return new_code_cell(head + text, id=name.replace("_", "-"), metadata=metadata)


def _written() -> NotebookNode:
    metadata = _nbgrader("written_answer", grade=True, solution=True, points=5)
    return new_markdown_cell("Your answer", id="written-answer", metadata=metadata)


def _nbgrader(
    name: str, grade: bool = False, solution: bool = False, points: float | None = None
) -> dict[str, object]:
    found = {
        "grade": grade,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {"nbgrader": found | ({"points": points} if points is not None else {})}
