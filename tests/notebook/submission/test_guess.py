"""Answers that are found though they do not stand in their cell, or lost their metadata."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission.rebuild import rebuild
from tests import tiny
from tests.notebook.submission.notebook_edits import (
    cell,
    copied,
    insert_after,
    texts,
    without_metadata,
)


def test_merged_answers_are_found_where_metadata_are_lost(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    cell(submitted, "total").source = "# see above"
    rebuilt = rebuild(assignment, without_metadata(submitted))
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in another cell")
    assert rebuilt.missing == ()


@pytest.mark.parametrize("ids", [True, False])
def test_answers_are_found_where_metadata_are_lost(
    assignment: Assignment, submitted: NotebookNode, ids: bool
) -> None:
    cell(submitted, "written_answer").source = "Because."
    expected = rebuild(assignment, submitted).notebook
    rebuilt = rebuild(assignment, without_metadata(submitted, ids))
    assert rebuilt.notebook == expected
    assert rebuilt.untouched == rebuilt.missing == rebuilt.waiting == ()
    assert rebuilt.notes[0].startswith("the notebook has lost nbgrader's metadata")


def test_an_answer_without_metadata_is_not_overwritten_by_the_stub(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = new_code_cell(tiny.GOOD["add"])
    submitted.cells = [answer, *(one for one in submitted.cells if grade_id(one) != "add")]
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[0] == tiny.GOOD["add"]
    assert cell(rebuilt.notebook, "add").source.startswith("# This answer stands in another cell")
    assert rebuilt.untouched == ("written_answer",)


def test_a_cell_of_its_own_answers_for_the_stub_above(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "add").source = cell(assignment.master, "add").source
    insert_after(submitted, "add", new_code_cell("%%time\n" + tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "%%time\n" + tiny.GOOD["add"]
    assert "cell 4 of the notebook was taken for the answer" in rebuilt.notes[0]


def test_merged_cells_answer_both(assignment: Assignment, submitted: NotebookNode) -> None:
    cell(submitted, "add").source = "\n\n".join(tiny.GOOD.values())
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.missing == ()
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in")


def test_cells_merged_with_the_later_run_at_the_earlier(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "total").source = "\n\n".join(tiny.GOOD.values())
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "add"]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "\n\n".join(tiny.GOOD.values())
    assert cell(rebuilt.notebook, "total").source.startswith("# This answer stands in")


@pytest.mark.parametrize("place", ["adds", "total"])
def test_a_test_that_was_merged_with_an_answer_is_left_out(
    assignment: Assignment, submitted: NotebookNode, place: str
) -> None:
    test, answer = cell(submitted, "adds").source, tiny.GOOD["total"]
    cell(submitted, place).source = f"{test}\n\n{answer}\n{test}"
    submitted.cells = [c for c in submitted.cells if grade_id(c) == place or grade_id(c) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.waiting == ()
    assert answer in "".join(texts(rebuilt.notebook))
    assert texts(rebuilt.notebook).count(cell(assignment.master, "adds").source) == 1
    assert not any(test in text and answer in text for text in texts(rebuilt.notebook))


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "~~~\r\n{}\r\n~~~\r\n", "{}"])
def test_an_answer_that_became_text_is_code_again(
    assignment: Assignment, submitted: NotebookNode, fence: str
) -> None:
    answer = cell(submitted, "add")
    answer.cell_type, answer.source = "markdown", fence.format(tiny.GOOD["add"])
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == tiny.GOOD["add"]
    assert "cell add was handed in as text, and was run as code" in rebuilt.notes


def test_an_answer_in_a_copy_of_another_cell_is_found(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    """A copied cell keeps the ``grade_id`` of the first, whatever is written into it."""
    place = submitted.cells.index(cell(submitted, "total"))
    submitted.cells[place] = copied(submitted, "add", tiny.GOOD["total"])
    rebuilt = rebuild(assignment, submitted)
    assert (rebuilt.missing, rebuilt.waiting) == ((), ())
    assert cell(rebuilt.notebook, "total").source == tiny.GOOD["total"]


def test_a_given_cell_merged_with_an_answer_is_the_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[1].source += "\n\n" + tiny.GOOD["add"]
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "add"]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "add").source == "import math\n\n" + tiny.GOOD["add"]


def test_text_below_the_question_is_the_answer(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells += [new_markdown_cell("## My answer"), new_markdown_cell("Because.")]
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "written_answer").source == "## My answer\n\nBecause."
    assert rebuilt.untouched == rebuilt.waiting == ()
    assert "cells 9, 10 of the notebook were taken" in rebuilt.notes[0]


def test_a_written_answer_goes_on_in_the_texts_right_below(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    cell(submitted, "written_answer").source = "1. Because."
    more = [new_markdown_cell("2. It does."), new_markdown_cell("3. It did.")]
    apart = [new_code_cell("play = 1"), new_markdown_cell("I played a little.")]
    submitted.cells += [*more, *apart]
    rebuilt = rebuild(assignment, submitted)
    answer = cell(rebuilt.notebook, "written_answer").source
    assert answer == "1. Because.\n\n2. It does.\n\n3. It did."
    assert [each.source for each in rebuilt.notebook.cells[-2:]] == [e.source for e in apart]
    assert rebuilt.notes == (
        "cell written_answer: the answer goes on in cells 9, 10 of the notebook",
    )


@pytest.mark.parametrize("magic", ["%%markdown", "%md", "%md-sandbox"])
def test_text_in_code_below_the_question_is_the_answer(
    assignment: Assignment, submitted: NotebookNode, magic: str
) -> None:
    submitted.cells.append(new_code_cell(f"{magic}\nBecause."))
    rebuilt = rebuild(assignment, submitted)
    assert cell(rebuilt.notebook, "written_answer").source == f"{magic}\nBecause."


@pytest.mark.parametrize(
    "change",
    ["%%time\n{}", "%matplotlib inline\n{}", "!pip list\n{}\n%time add(1, 2)", "{}\nadd?"],
)
def test_magics_do_not_hide_an_answer(
    assignment: Assignment, submitted: NotebookNode, change: str
) -> None:
    submitted.cells[2] = new_code_cell(change.format(tiny.GOOD["add"]))
    rebuilt = rebuild(assignment, without_metadata(submitted))
    assert cell(rebuilt.notebook, "add").source == change.format(tiny.GOOD["add"])


def test_an_answer_below_the_tests_brings_the_cells_that_it_needs(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    answer = copied(submitted, "add", "def add(a, b):\n    return plus(a, b)")
    cell(submitted, "add").source = cell(assignment.master, "add").source
    first, second = (
        new_code_cell("one = 1"),
        new_code_cell("def plus(a, b):\n    return a + b * one"),
    )
    submitted.cells += [first, new_code_cell("two = 2"), second, answer]
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[2:5] == [first.source, second.source, answer.source]
    assert texts(rebuilt.notebook)[-1] == "two = 2"
