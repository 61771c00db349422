"""Text that may be an answer and is not taken for one: what rests on it waits for a person."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission import rebuild as rebuild_module
from grader.notebook.submission.rebuild import rebuild
from tests import tiny
from tests.notebook.submission.notebook_edits import cell, texts


def test_text_elsewhere_lets_an_untouched_answer_wait(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells[0].source += "\nMy answer: because."
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.untouched == rebuilt.waiting == ("written_answer",)
    assert "My answer: because." in "\n".join(texts(rebuilt.notebook))
    assert "look at cell 1 of the notebook" in rebuilt.notes[0]


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("print('Because sums of numbers are numbers')", True),
        ("answer = 'Because sums of numbers are numbers'", True),
        ("%%html\n<p>Because.", True),
        ("print('total:', total([1, 2]))", False),
        ("print('Because sums of numbers are numbers'", False),
    ],
)
def test_a_sentence_in_code_below_the_question_lets_the_answer_wait(
    assignment: Assignment, submitted: NotebookNode, text: str, waits: bool
) -> None:
    submitted.cells.append(new_code_cell(text))
    rebuilt = rebuild(assignment, submitted)
    assert texts(rebuilt.notebook)[-1] == text
    assert rebuilt.waiting == (("written_answer",) if waits else ())
    assert any("look at cell 9 of the notebook" in note for note in rebuilt.notes) is waits


def test_nothing_waits_where_nothing_was_written(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    submitted.cells.append(new_code_cell("add(2, 3)"))
    rebuilt = rebuild(assignment, submitted)
    assert (rebuilt.untouched, rebuilt.waiting) == (("written_answer",), ())


def test_a_missing_answer_waits(assignment: Assignment, submitted: NotebookNode) -> None:
    submitted.cells = [one for one in submitted.cells if grade_id(one) != "total"]
    rebuilt = rebuild(assignment, submitted)
    assert rebuilt.missing == rebuilt.waiting == ("total",)


@pytest.mark.parametrize("kind", ["markdown", "test"])
def test_code_that_does_not_run_lets_the_claims_wait(
    assignment: Assignment, submitted: NotebookNode, kind: str
) -> None:
    cell(submitted, "add").source = cell(assignment.master, "add").source
    if kind == "markdown":
        submitted.cells.insert(3, new_markdown_cell(f"```python\n{tiny.GOOD['add']}\n```"))
    else:
        test = cell(submitted, "adds")
        test.source = test.source.replace("== 3", "== 4") + "\n\n" + tiny.GOOD["add"]
    rebuilt = rebuild(assignment, submitted)
    assert "add" in rebuilt.untouched
    assert "add" in rebuilt.waiting
    assert "cell add is as it was handed out, but there is text elsewhere" in rebuilt.notes[0]


def test_what_stands_elsewhere_is_looked_for_once(
    assignment: Assignment, submitted: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a cell of the course's, a notebook of much code would take the grader minutes."""
    looked = []
    monkeypatch.setattr(rebuild_module, "unread", lambda *given: looked.append(given) or {})
    rebuild(assignment, submitted)
    assert len(looked) == 1
