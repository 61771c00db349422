from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook.assignment import load_assignment
from grader.notebook.submission.course_cells import Kind, course_cells
from grader.notebook.submission.recognise import How, Recognition, recognise
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def submitted(tiny_course: Settings) -> NotebookNode:
    return tiny.submission(tiny_course, tiny.GOOD)


def recognition(course: Settings, notebook: NotebookNode) -> Recognition:
    assignment = load_assignment(course, "sums")
    return recognise(course_cells(assignment), notebook, assignment.earlier)


def names(found: Recognition) -> list[str]:
    return [known.cell.id if known else "" for known in found.cells]


IDS = ["title", "imports", "add", "adds", "adds-negatives", "total", "totals", "written-answer"]


def test_kinds_and_wanted_names_are_the_courses(tiny_course: Settings) -> None:
    cells = {cell.id: cell for cell in course_cells(load_assignment(tiny_course, "sums"))}
    assert list(cells) == IDS
    assert cells["add"].kind is Kind.SOLUTION
    assert cells["add"].wanted == {"add"}
    assert cells["adds"].kind is Kind.TEST
    assert "HIDDEN" in cells["adds-negatives"].graded
    assert "HIDDEN" not in cells["adds-negatives"].released
    assert cells["written-answer"].kind is Kind.WRITTEN


def test_a_grade_id_counts_more_than_an_id(tiny_course: Settings, submitted: NotebookNode) -> None:
    submitted.cells[2].id, submitted.cells[5].id = "total", "add"
    found = recognition(tiny_course, submitted)
    assert names(found) == IDS
    assert {known.how for known in found.cells if known and known.cell.name} == {How.GRADE_ID}


@pytest.mark.parametrize("how", [How.ID, How.TEXT])
def test_cells_without_metadata_are_known(
    tiny_course: Settings, submitted: NotebookNode, how: How
) -> None:
    for number, cell in enumerate(submitted.cells):
        cell.metadata = {}
        cell.id = cell.id if how is How.ID else f"new{number}"
    found = recognition(tiny_course, submitted)
    answers = ["add", "total"] if how is How.TEXT else []
    assert names(found) == ["" if name in answers else name for name in IDS]
    assert {known.how for known in found.cells if known} == {how}


def test_a_moved_cell_does_not_move_its_neighbours(
    tiny_course: Settings, submitted: NotebookNode
) -> None:
    submitted.cells.append(submitted.cells.pop(2))
    submitted.cells.insert(4, new_code_cell("mine = 1"))
    found = recognition(tiny_course, submitted)
    assert found.backbone == (0, 1, 3, 4, 4, 5, 6, 7, 7)
    assert found.next_course_cell(4) == 5
    assert found.next_course_cell(8) == len(IDS)
