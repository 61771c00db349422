"""Documents beside a notebook that may hold an answer in words."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.submission.documents import documents
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny

BESIDE = (
    "Answer.DOCX",
    "scans/IMG_1.jpg",
    "photo.png",
    "data.csv",
    "helper.py",
    "requirements.txt",
)


def test_what_code_names_is_data_and_no_answer() -> None:
    cells = [new_code_cell("plt.imread('photo.png')"), new_markdown_cell("Answer.DOCX")]
    assert documents(BESIDE, cells) == ("Answer.DOCX", "scans/IMG_1.jpg")
    assert documents(BESIDE, cells, blank=True) == ("Answer.DOCX", "helper.py", "scans/IMG_1.jpg")


def test_an_untouched_written_answer_waits_beside_a_document(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    rebuilt = rebuild(assignment, submitted, ["answer.docx"])
    assert rebuilt.waiting == ("written_answer",)
    assert rebuilt.notes == (
        "cell written_answer is as it was handed out, but files came with the notebook: "
        "look at answer.docx",
    )


@pytest.mark.parametrize("name", ["my work.zip", "sums.py", "sums.html"])
def test_all_waits_where_a_blank_notebook_came_with_work(
    tiny_course: Settings, assignment: Assignment, name: str
) -> None:
    rebuilt = rebuild(assignment, tiny.submission(tiny_course, {}), [name])
    assert rebuilt.waiting == rebuilt.untouched == ("add", "total", "written_answer")
    assert rebuilt.notes == (
        "cells add, total, written_answer are as they were handed out, but files came with the "
        f"notebook: look at {name}",
    )


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "data.csv", "__MACOSX/._sums.ipynb"])
def test_a_blank_notebook_beside_other_files_is_not_attempted(
    tiny_course: Settings, assignment: Assignment, name: str
) -> None:
    rebuilt = rebuild(assignment, tiny.submission(tiny_course, {}), [name])
    assert (rebuilt.waiting, rebuilt.notes) == ((), ())


@pytest.mark.parametrize("answered", [True, False])
def test_nothing_waits_where_an_answer_stands_or_the_file_is_the_courses(
    tiny_course: Settings, answered: bool
) -> None:
    (tiny_course.root / "source" / "sums" / "task.pdf").write_text("%PDF")
    assignment = load_assignment(tiny_course, "sums")
    answers = tiny.GOOD | ({"written_answer": "Because."} if answered else {})
    beside = ["answer.docx", "task.pdf"] if answered else ["task.pdf"]
    rebuilt = rebuild(assignment, tiny.submission(tiny_course, answers), beside)
    assert (rebuilt.waiting, rebuilt.notes) == ((), ())


def test_the_names_of_files_are_shown_without_control_characters(
    assignment: Assignment, submitted: NotebookNode
) -> None:
    (note,) = rebuild(assignment, submitted, ["\x1b[31m" + "a" * 500 + ".pdf"]).notes
    assert note.isprintable()
    assert len(note) < 200
