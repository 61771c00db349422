"""Notes on a notebook in the language of the course; what they say is tested with ``rebuild``."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

from grader import language
from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission import defined_again
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.notes import in_documents, positions
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


@pytest.fixture(params=["de", "ar"])
def translated(request: pytest.FixtureRequest) -> Iterator[str]:
    language.use(request.param)
    yield request.param
    language.use(language.ENGLISH)


def handed_in(submitted: NotebookNode) -> NotebookNode:
    """A notebook without the cell ``add``, with a raw cell and a changed test."""
    cells = [each for each in submitted.cells if grade_id(each) != "add"]
    next(each for each in cells if grade_id(each) == "adds").source = "assert add(1, 1) == 3"
    return new_notebook(cells=[*cells, new_raw_cell("Look here.")])


def test_a_note_is_translated(
    assignment: Assignment, submitted: NotebookNode, translated: str
) -> None:
    notes = rebuild(assignment, handed_in(submitted)).notes
    missing = {"de": "Zelle add fehlt", "ar": "الخلية add مفقودة"}[translated]
    assert missing in notes
    language.use(language.ENGLISH)
    english = rebuild(assignment, handed_in(submitted)).notes
    assert "cell add is missing" in english
    assert len(notes) == len(english) == 3
    assert not set(notes) & set(english)


def test_what_is_said_of_files_is_translated(
    assignment: Assignment, submitted: NotebookNode, translated: str
) -> None:
    content = nbformat.writes(submitted).encode()
    chosen = choose(assignment, [("sums-Copy1.ipynb", content)], "submitted/ada/sums")
    said = (*chosen.notes, in_documents(["add"], ["add.py"]), in_documents(["add", "b"], ["a.py"]))
    assert len(said) == 3
    for note in said:
        assert not {"is", "are", "the", "graded,"} & set(note.split())


def test_places_are_counted_in_the_language(translated: str) -> None:
    one = {"de": "Zelle 3 des Notebooks", "ar": "الخلية 3 من الدفتر"}
    two = {"de": "Zellen 3, 5 des Notebooks", "ar": "الخلايا 3, 5 من الدفتر"}
    assert positions([2]) == one[translated]
    assert positions([2, 4]) == two[translated]


def test_a_correction_below_the_tests_is_named_in_the_language(
    tiny_course: Settings, assignment: Assignment, translated: str
) -> None:
    wrong = tiny.submission(tiny_course, tiny.GOOD | {"add": "def add(a, b):\n    return 0"})
    wrong.cells.append(new_code_cell(tiny.GOOD["add"]))
    notebook = rebuild(assignment, wrong).notebook
    (note,) = defined_again.notes(assignment, notebook, ["adds"])
    assert ("unterhalb ihrer Tests" in note) is (translated == "de")
    assert "below" not in note
