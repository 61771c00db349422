"""Parts, copies and drafts of an answer: which counts, and what becomes of the others."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook.assignment import Assignment, grade_id, part_of
from grader.notebook.submission.rebuild import rebuild
from tests import tiny
from tests.notebook.submission.notebook_edits import (
    cell,
    copied,
    insert_after,
    texts,
    without_metadata,
)


def test_parts_of_a_split_cell_run_in_order_and_apart(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "def plus(a, b):\n    return a + b"
    insert_after(submitted, "add", copied(submitted, "add", "add = plus"))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:4] == ["def plus(a, b):\n    return a + b", "add = plus"]
    assert [part_of(one) for one in rebuilt.notebook.cells[2:4]] == ["add", "add"]
    assert grade_id(rebuilt.notebook.cells[3]) == ""
    assert rebuilt.notes == ("cell add came 2 times: all of them run, in order",)


@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def add(a, b):\n    total = a + b", "    return total"),
        ("def add(a, b):\n    return (a", "        + b)"),
        ("def add(a, b):\n    if a:", "        return a + b\n    return b"),
    ],
)
def test_a_cell_that_was_split_inside_of_a_statement_is_joined(
    assignment: Assignment, submitted: NotebookNode, first: str, second: str, metadata: bool
) -> None:
    cell(submitted, "add").source = first
    insert_after(submitted, "add", copied(submitted, "add", second))
    rebuilt = rebuild(assignment, submitted if metadata else without_metadata(submitted))
    assert cell(rebuilt.notebook, "add").source == f"{first}\n{second}"
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    said = "cell add was split inside of a statement: its rest stands in cell 4 of the notebook"
    assert said in rebuilt.notes


@pytest.mark.parametrize("second", ["print(add(1, 2))", "print(add(1, 2)", "    return add("])
def test_what_follows_an_answer_and_is_no_part_of_it_is_not_joined(
    assignment: Assignment, submitted: NotebookNode, second: str
) -> None:
    insert_after(submitted, "add", new_code_cell(second))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[3] == second


def test_a_copy_that_is_the_stub_is_left_out(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    stub = cell(assignment.master, "add").source
    cell(submitted, "add").source = stub.replace("\n", "\r\n") + "  "
    insert_after(submitted, "add", copied(submitted, "add", tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert len(rebuilt.notebook.cells) == len(assignment.master.cells)
    assert rebuilt.untouched == ("written_answer",)
    assert "came again as it was handed out" in rebuilt.notes[0]


def test_the_answer_counts_where_the_stub_stands_below_it(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    stub = cell(assignment.master, "add").source
    insert_after(submitted, "add", copied(submitted, "add", stub))
    assert stub not in texts(rebuild(assignment, submitted).notebook)


def test_a_copy_to_play_with_stays_below_the_tests(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.append(copied(submitted, "add", "def add(a, b):\n    return 0"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[-1] == "def add(a, b):\n    return 0"
    assert part_of(rebuilt.notebook.cells[-1]) == ""


def test_an_answer_without_metadata_counts_before_a_copy_below_that_has_them(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    play = copied(submitted, "add", "def add(a, b):\n    return 0")
    cell(submitted, "add").update(metadata={}, id="own")
    submitted.cells.append(play)
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert texts(rebuilt.notebook)[-1] == play.source
    assert "cell 3 of the notebook was taken for the answer" in rebuilt.notes[0]
    assert "came again as cell 9 of the notebook, apart from its answer" in rebuilt.notes[1]


def test_an_answer_that_was_moved_below_counts_where_nothing_stands_in_its_place(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = cell(submitted, "add")
    submitted.cells.remove(answer)
    submitted.cells[2:2] = [new_code_cell("added = 3")]
    submitted.cells.append(answer)
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert rebuilt.notes == ()


def test_a_copy_to_play_with_stays_between_two_tests(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    play = "def add(a, b):\n    return 0"
    insert_after(submitted, "adds", copied(submitted, "add", play))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    behind = [one.id for one in rebuilt.notebook.cells[2:6]]
    assert behind == ["add", "adds", "extra-4", "adds-negatives"]
    assert rebuilt.notebook.cells[4].source == play


def test_a_draft_far_above_its_answer_stays_there(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.insert(1, copied(submitted, "total", "def total(numbers):\n    return 0"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "total").source == tiny.GOOD["total"]
    assert [one.id for one in rebuilt.notebook.cells[:3]] == ["title", "extra-1", "imports"]
    assert rebuilt.notes == (
        "cell total came again as cell 2 of the notebook, apart from its answer: it runs there",
    )


@pytest.mark.parametrize("known", [True, False])
def test_what_stands_between_a_stub_and_the_answer_runs_before_the_answer(
    assignment: Assignment, submitted: NotebookNode, known: bool
) -> None:
    scratch = new_code_cell("def helped(a, b):\n    return 0", id="scratch")
    answer = copied(submitted, "add", tiny.GOOD["add"])
    answer.metadata = answer.metadata if known else {}
    cell(submitted, "add").source = cell(assignment.master, "add").source
    insert_after(submitted, "add", scratch, answer)
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:4] == [scratch.source, answer.source]
    assert [one.id for one in rebuilt.notebook.cells[2:5]] == ["extra-3", "add", "adds"]


def test_a_name_that_is_played_with_below_answers_for_no_cell_above(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    cell(submitted, "total").source = ""
    submitted.cells.append(new_code_cell("def total(numbers):\n    return 0", id="play"))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in another cell")
    assert rebuilt.notebook.cells[-1].source == "def total(numbers):\n    return 0"
