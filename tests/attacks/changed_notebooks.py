"""Attacks by a changed notebook: cells that are gone, doubled, empty, or say another thing."""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.attacks import exercise
from tests.attacks.submissions import Attack, changing


def tests_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def tag_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.metadata["tags"] = ["skip-execution"]


def empty_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.source = ""


def comment_tests(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.source += "\nprint('my own check')"


def raise_points(notebook: NotebookNode) -> None:
    for cell in tests_of(notebook):
        cell.metadata.nbgrader.points = 1000
        cell.source = "pass"


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell not in tests_of(notebook)]


def delete_add(notebook: NotebookNode) -> None:
    notebook.cells.remove(cell_of(notebook, "add"))


def move_add(notebook: NotebookNode) -> None:
    """Cut and paste: the cell is still there, at the end."""
    cell = cell_of(notebook, "add")
    notebook.cells.remove(cell)
    notebook.cells.append(cell)


def repeat(name: str, text: str) -> Callable[[NotebookNode], None]:
    """A second cell of the same ``grade_id``."""

    def change(notebook: NotebookNode) -> None:
        first = cell_of(notebook, name)
        second = new_code_cell(text, id="second", metadata=dict(first.metadata))
        notebook.cells.insert(notebook.cells.index(first) + 1, second)

    return change


def grade_add(notebook: NotebookNode) -> None:
    cell_of(notebook, "add").metadata.nbgrader.update(grade=True, points=99, locked=False)


def use_kernel(name: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        spec = {"name": name, "display_name": name, "language": "python"}
        notebook.metadata["kernelspec"] = spec

    return change


ATTACKS = (
    Attack(
        1,
        "skip_tag",
        "tags the tests so that nbclient skips them",
        changing(tag_tests),
        changing(tag_tests, wrong=False),
        "FF++",
    ),
    Attack(
        2,
        "tests_emptied",
        "empties the test cells",
        changing(empty_tests),
        changing(comment_tests, wrong=False),
        "FF++",
    ),
    Attack(
        2,
        "tests_pricey",
        "makes each test worth 1000 points and empty",
        changing(raise_points),
        changing(raise_points, wrong=False),
        "FF++",
    ),
    Attack(
        3,
        "tests_deleted",
        "deletes the test cells",
        changing(delete_tests),
        changing(delete_tests, wrong=False),
        "FF++",
    ),
    Attack(
        4,
        "solution_deleted",
        "deletes a solution cell",
        changing(delete_add),
        changing(move_add, wrong=False),
        "--++",
    ),
    Attack(
        5,
        "solution_twice",
        "a wrong solution cell, and a copy of it that holds a test's text",
        changing(repeat("add", exercise.CLAIMS["adds"][1])),
        changing(repeat("add", exercise.CLAIMS["adds"][1]), wrong=False),
        "FF++",
    ),
    Attack(
        5,
        "test_twice",
        "an empty second copy of a test cell",
        changing(repeat("adds", "")),
        changing(repeat("adds", ""), wrong=False),
        "FF++",
    ),
    Attack(
        6,
        "solution_graded",
        "marks a solution cell as a test worth 99 points",
        changing(grade_add),
        changing(grade_add, wrong=False),
        "FF++",
    ),
    Attack(
        7,
        "foreign_kernel",
        "names a kernel that is not the course's",
        changing(use_kernel("forged")),
        changing(use_kernel("python3"), wrong=False),
        "FF++",
    ),
)
