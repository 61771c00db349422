"""Work on an earlier release: what the course handed out before is no student's work."""

from __future__ import annotations

import dataclasses

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import compute_checksum

from grader.notebook.assignment import Assignment, grade_id, load_assignment
from grader.notebook.submission.cell_digest import digest_of
from grader.notebook.submission.earlier_cells import needed
from grader.notebook.submission.left_out import MOST
from grader.notebook.submission.rebuild import Rebuilt, rebuild
from grader.settings import Settings
from tests import tiny

IMPORTS = "import math\nlimit = 10\ndef double(x):\n    return 2 * x"  # the cell imports, before
TITLE, REMOVED = "# Sums of two numbers", "Now play with it."
SHOW = "shown = double(3)\nshown"  # a given cell that the course has no more


@pytest.fixture
def assignment(tiny_course: Settings) -> Assignment:
    texts = [
        new_markdown_cell(TITLE, id="title"),
        new_code_cell(IMPORTS, id="imports"),
        new_markdown_cell(REMOVED, id="play"),
        new_code_cell(SHOW, id="show"),
        new_code_cell("# Replace this.\nraise NotImplementedError", id="add"),
        new_code_cell("assert add(0, 0) == 0  # formerly", id="adds"),
    ]
    earlier = {digest_of(cell.cell_type, cell.source): cell.id for cell in texts}
    return dataclasses.replace(load_assignment(tiny_course, "sums"), earlier=earlier)


@pytest.fixture
def submitted(tiny_course: Settings) -> NotebookNode:
    """A student's notebook of the earlier release, solved."""
    notebook = tiny.submission(tiny_course, tiny.GOOD | {"written_answer": "Because."})
    notebook.cells[0].source, notebook.cells[1].source = TITLE, IMPORTS
    notebook.cells[4:4] = [new_markdown_cell(REMOVED, id="play"), new_code_cell(SHOW, id="show")]
    return notebook


def texts(rebuilt: Rebuilt) -> list[str]:
    return [cell.source for cell in rebuilt.notebook.cells]


def lose(notebook: NotebookNode) -> NotebookNode:
    """Lose all metadata and ids."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"new{number}"
    return notebook


def test_what_was_handed_out_before_leaves_no_trace(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.notes == ()
    assert len(texts(rebuilt)) == len(assignment.master.cells)
    assert "import math" in texts(rebuilt)
    assert not {TITLE, IMPORTS, REMOVED, SHOW} & set(texts(rebuilt))


def test_without_the_texts_of_before_they_are_taken_for_the_students(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    rebuilt = rebuild(dataclasses.replace(assignment, earlier={}), submitted)
    assert [note for note in rebuilt.notes if "given cell imports was changed" in note]
    assert {TITLE, IMPORTS, REMOVED, SHOW} <= set(texts(rebuilt))


def test_it_leaves_no_trace_without_metadata_and_ids(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    rebuilt = rebuild(assignment, lose(submitted))
    assert not {TITLE, IMPORTS, REMOVED, SHOW} & set(texts(rebuilt))
    assert set(tiny.GOOD.values()) <= set(texts(rebuilt))
    assert not [note for note in rebuilt.notes if "given" in note or "text elsewhere" in note]


def test_an_untouched_notebook_of_before_waits_for_nobody(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    for cell in submitted.cells:
        if grade_id(cell) in (*tiny.GOOD, "written_answer"):
            ours = next(each for each in assignment.master.cells if each.id == cell.id)
            cell.source = ours.source
    submitted.cells[2].source = "# Replace this.\nraise NotImplementedError"
    for notebook in (submitted, lose(submitted)):
        rebuilt = rebuild(assignment, notebook)
        assert rebuilt.untouched == ("add", "total", "written_answer")
        assert rebuilt.waiting == ()


def test_a_test_of_before_is_no_change_without_its_checksum(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[3].source = "assert add(0, 0) == 0  # formerly"
    assert rebuild(assignment, submitted).notes == ()


def test_a_helper_that_only_the_earlier_cell_defined_still_works(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[2].source = "def add(a, b):\n    return double(a) / 2 + b"
    rebuilt = rebuild(assignment, submitted)
    place = texts(rebuilt).index(IMPORTS)
    assert texts(rebuilt)[place - 1 : place + 2] == [
        "import math",
        IMPORTS,
        submitted.cells[2].source,
    ]
    assert rebuilt.notes == ()
    assert SHOW not in texts(rebuilt)


def test_what_a_needed_cell_needs_runs_too(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells.append(new_code_cell("print(shown)"))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt).index(IMPORTS) < texts(rebuilt).index(SHOW)
    assert rebuilt.notes == ()


def test_what_a_student_changed_of_an_earlier_cell_counts(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[1].source = IMPORTS.replace("10", "20")
    rebuilt = rebuild(assignment, submitted)
    assert submitted.cells[1].source in texts(rebuilt)
    assert rebuilt.notes == (
        "given cell imports was changed: the student's text runs behind the course's",
    )


def test_a_copy_of_an_earlier_cell_runs_once_more(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.append(new_code_cell(IMPORTS))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt).count(IMPORTS) == 1
    assert texts(rebuilt)[-1] == IMPORTS
    assert rebuilt.notes == ()


def test_the_text_of_a_given_cell_may_be_an_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[2].source = IMPORTS
    assert "add" not in rebuild(assignment, submitted).untouched


def test_given_code_of_before_that_nbgrader_locks_runs_where_it_is_needed(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    metadata = {"grade": False, "grade_id": "imports", "locked": True, "solution": False}
    cell = submitted.cells[1]
    cell.metadata.nbgrader = NotebookNode(metadata, schema_version=3, task=False)
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    del submitted.cells[4:6]
    known = dataclasses.replace(assignment, earlier={})
    assert IMPORTS not in texts(rebuild(known, submitted))
    submitted.cells.append(new_code_cell("double(4)"))
    assert IMPORTS in texts(rebuild(known, submitted))


@pytest.mark.parametrize(
    ("earlier", "student", "runs"),
    [
        ("x = 1", "print(x)", True),
        ("x = 1", "x = 2\nprint(x)", False),
        ("x = 1", "def f(x):\n    return x", False),
        ("x = 1", "def f():\n    return x", True),
        ("y = 1  # y", "print(y)", False),  # the course binds it so now
        ("y = 2", "print(y)", True),
        ("y.z = 2", "print(y)", True),
        ("if 'x' in globals():\n    w = 1", "print(x)", False),
        ("from math import *", "pass", True),
        ("x = 1", "exec('print(x)')", True),
        ("x = = 1", "pass", True),
        ("%%bash\nls", "print(x)", False),
        ("%%writefile x.py\ny = 1", "import x", True),
        ("x = 1", "%time print(x)", True),
        ("x = 1", "x + = 1", True),
    ],
)
def test_earlier_code_runs_where_the_students_code_needs_it(
    earlier: str, student: str, runs: bool
) -> None:
    assert needed({7: earlier}, [student], ["y = 1"]) == ({7} if runs else set())


def test_earlier_cells_run_beside_very_much_code() -> None:
    """It is not looked through, so nobody knows what it needs."""
    much = "x = 1\n" * (MOST // 6 + 1)
    assert needed({3: "helper = 1"}, [much], []) == {3}
    assert needed({3: "helper = 1"}, ["x = 1\n"], []) == frozenset()
