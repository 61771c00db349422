from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from grader.errors import SubmissionError
from grader.notebook.assignment import Assignment
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


@pytest.fixture
def good(tiny_course: Settings) -> NotebookNode:
    return tiny.submission(tiny_course, tiny.GOOD)


@pytest.fixture
def blank(tiny_course: Settings) -> NotebookNode:
    return tiny.submission(tiny_course, {})


def handed_in(**notebooks: NotebookNode | str) -> list[tuple[str, bytes]]:
    """Names without their ending; an underscore stands for a blank and brackets around a 1."""
    return [
        (
            f"{name.replace('_', ' (1)')}.ipynb",
            (text if isinstance(text, str) else nbformat.writes(text)).encode(),
        )
        for name, text in notebooks.items()
    ]


def other() -> NotebookNode:
    return new_notebook(cells=[new_code_cell("print('homework of another course')")])


def test_the_expected_one_is_graded_and_others_are_named(
    assignment: Assignment, good: NotebookNode, blank: NotebookNode
) -> None:
    chosen = choose(assignment, handed_in(sums=good, sums_=blank, play=other()), "submitted/ada")
    assert (chosen.name, chosen.notebook) == ("sums.ipynb", good)
    assert chosen.notes == ("sums (1).ipynb, play.ipynb are not graded, only sums.ipynb is",)


def test_a_notebook_that_the_code_runs_needs_no_note(
    assignment: Assignment, good: NotebookNode
) -> None:
    good.cells.append(new_code_cell("%run helper.ipynb"))
    found = handed_in(sums=good, helper=other(), play=other())
    notes = choose(assignment, found, "submitted/ada").notes
    assert notes == ("play.ipynb is not graded, only sums.ipynb is",)


def test_alone_it_needs_no_note(assignment: Assignment, blank: NotebookNode) -> None:
    assert choose(assignment, handed_in(sums=blank), "submitted/ada").notes == ()


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("blank", "since sums.ipynb is as it was handed out"),
        ("other", "since sums.ipynb is another notebook"),
        ("broken", "since sums.ipynb cannot be read"),
        ("missing", "since sums.ipynb is missing"),
    ],
)
def test_the_copy_that_was_written_is_graded(
    assignment: Assignment, good: NotebookNode, blank: NotebookNode, first: str, why: str
) -> None:
    expected = {"blank": blank, "other": other(), "broken": "no json"}
    there = {"sums": expected[first]} if first in expected else {}
    chosen = choose(assignment, handed_in(**there, sums_=good, play=other()), "submitted/ada")
    assert (chosen.name, chosen.notebook) == ("sums (1).ipynb", good)
    assert chosen.notes[0] == f"sums (1).ipynb is graded, {why}"
    assert "play.ipynb" in chosen.notes[1]


def test_a_copy_that_lost_its_metadata_is_recognised(
    assignment: Assignment, good: NotebookNode, blank: NotebookNode
) -> None:
    for cell in good.cells:
        cell.metadata = {}
    assert choose(assignment, handed_in(sums=blank, sums_=good), "").name == "sums (1).ipynb"


def test_two_copies_that_differ_are_for_a_person(
    assignment: Assignment, tiny_course: Settings, good: NotebookNode, blank: NotebookNode
) -> None:
    second = tiny.submission(tiny_course, {"add": "def add(a, b):\n    return 0"})
    expected = (
        r"submitted/ada/sums.ipynb is as it was handed out: .*found a.ipynb, b.ipynb: more than one"
    )
    with pytest.raises(SubmissionError, match=expected):
        choose(assignment, handed_in(sums=blank, a=good, b=second), "submitted/ada")
    assert choose(assignment, handed_in(sums=blank, a=good, b=good), "").name == "a.ipynb"


def test_a_missing_notebook_is_told_with_what_was_found(
    assignment: Assignment, blank: NotebookNode
) -> None:
    with pytest.raises(SubmissionError, match=r"sums.ipynb is missing: .*found play.ipynb; ask"):
        choose(assignment, handed_in(play=other()), "submitted/ada")
    with pytest.raises(SubmissionError, match=r"sums.ipynb is not a notebook"):
        choose(assignment, handed_in(sums="no json", sums_=blank), "submitted/ada")


def test_an_untouched_one_is_graded_where_no_other_is_written(
    assignment: Assignment, blank: NotebookNode
) -> None:
    chosen = choose(assignment, handed_in(sums=blank, sums_=blank), "submitted/ada")
    assert chosen.name == "sums.ipynb"
    assert chosen.notes == ("sums (1).ipynb is not graded, only sums.ipynb is",)


def test_what_only_a_copy_answers_is_looked_for_there(
    assignment: Assignment, good: NotebookNode, tiny_course: Settings
) -> None:
    first = tiny.submission(tiny_course, {"add": tiny.GOOD["add"]})
    first.cells.insert(0, new_code_cell("%run 'sums (1).ipynb'"))
    chosen = choose(assignment, handed_in(sums=first, sums_=good), "submitted/ada")
    assert (chosen.name, chosen.elsewhere) == ("sums.ipynb", {"total"})
    said = "cell total is as it was handed out, and was written in sums (1).ipynb: look there"
    assert said in chosen.notes
    rebuilt = rebuild(assignment, chosen.notebook, elsewhere=chosen.elsewhere)
    assert rebuilt.waiting == ("total",)


def test_a_copy_with_no_more_answers_lets_nothing_wait(
    assignment: Assignment, good: NotebookNode, tiny_course: Settings
) -> None:
    second = tiny.submission(tiny_course, {"add": "def add(a, b):\n    return 0"})
    assert not choose(assignment, handed_in(sums=good, sums_=second), "").elsewhere
