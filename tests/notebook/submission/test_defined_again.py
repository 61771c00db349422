"""Notes on names that are defined again below the tests that judge them."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission import defined_again
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


def notes(assignment: Assignment, submitted: NotebookNode, *lost: str) -> tuple[str, ...]:
    return defined_again.notes(assignment, rebuild(assignment, submitted).notebook, lost)


def behind(notebook: NotebookNode, name: str, text: str) -> NotebookNode:
    place = next(index for index, cell in enumerate(notebook.cells) if grade_id(cell) == name)
    notebook.cells.insert(place + 1, new_code_cell(text))
    return notebook


def test_a_correction_below_the_tests_is_named(
    tiny_course: Settings, assignment: Assignment
) -> None:
    wrong = tiny.submission(tiny_course, tiny.GOOD | {"add": "def add(a, b):\n    return 0"})
    behind(wrong, "adds_negatives", tiny.GOOD["add"])
    assert notes(assignment, wrong, "adds", "adds_negatives") == (
        "cell add is defined again below its tests, in cell 6 of the notebook: the tests judge "
        "what stands above them",
    )
    assert notes(assignment, wrong, "totals") == ()
    assert notes(assignment, wrong) == ()


@pytest.mark.parametrize(
    ("name", "text"), [("add", tiny.GOOD["add"]), ("adds", "plus = add"), ("adds", "# add = 1")]
)
def test_what_stands_above_or_defines_something_else_is_not_named(
    tiny_course: Settings, assignment: Assignment, name: str, text: str
) -> None:
    submitted = behind(tiny.submission(tiny_course, tiny.GOOD), name, text)
    assert notes(assignment, submitted, "adds", "adds_negatives") == ()
