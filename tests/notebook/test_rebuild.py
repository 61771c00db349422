from __future__ import annotations

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook import assignments
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def assignment(tiny_course: Settings) -> Assignment:
    return assignments.load(tiny_course, "sums")


@pytest.fixture
def submitted(tiny_course: Settings) -> NotebookNode:
    return tiny.submission(tiny_course, tiny.GOOD)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def test_answers_are_taken_and_nothing_else(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    expected = copy.deepcopy(assignment.master)
    for name, text in tiny.GOOD.items():
        cell(expected, name).source = text
    submitted.metadata = {"kernelspec": {"name": "foreign"}}
    for one in submitted.cells:
        one.metadata.setdefault("nbgrader", {})["points"] = 1000
        one.metadata["tags"] = ["skip-execution"]
    cell(submitted, "adds").source = ""
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.notebook == expected
    assert rebuilt.untouched == ("written_answer",)


def test_deleted_cells_come_back(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells = [one for one in submitted.cells if grade_id(one) not in ("add", "adds")]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "adds") == cell(assignment.master, "adds")
    assert cell(rebuilt.notebook, "add") == cell(assignment.master, "add")
    assert rebuilt.missing == ("add",)
    assert rebuilt.untouched == ("add", "written_answer")


def test_the_first_of_two_copies_counts(assignment: Assignment, submitted: NotebookNode) -> None:
    second = copy.deepcopy(cell(submitted, "add"))
    second.update(source="add = None", id="second")
    submitted.cells.append(second)
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.duplicated == ("add",)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert "add = None" not in [one.source for one in rebuilt.notebook.cells]


def test_own_cells_stay_where_they_were_without_metadata(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    metadata = {"nbgrader": {"grade": True, "grade_id": "mine", "points": 99}, "tags": ["x"]}
    submitted.cells.insert(3, new_code_cell("helper = 1", metadata=metadata))
    submitted.cells.insert(0, new_markdown_cell("My notes"))
    submitted.cells.append(new_code_cell("   "))
    cells = rebuild(assignment, submitted).notebook.cells
    assert [one.source for one in cells][:5] == [
        "My notes", "# Sums", "import math", tiny.GOOD["add"], "helper = 1",
    ]  # fmt: skip
    assert cells[0].metadata == cells[4].metadata == {}
    assert len({one.id for one in cells}) == len(cells)
    assert len(cells) == len(assignment.master.cells) + 2


def test_course_cells_are_known_by_text_where_ids_were_lost(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    for one in submitted.cells:
        one.pop("id")
    assert (
        rebuild(assignment, submitted).notebook
        == rebuild(assignment, tiny_with_ids(assignment, submitted)).notebook
    )


def tiny_with_ids(assignment: Assignment, notebook: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for one, ours in zip(notebook.cells, assignment.master.cells, strict=True):
        one.id = ours.id
    return notebook
