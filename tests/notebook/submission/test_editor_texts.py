"""What editors write by themselves is no answer; what a student writes may be one."""

from __future__ import annotations

import time

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_raw_cell

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.submission.editor_texts import is_editors_own
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny

COLAB = (
    '<a href="https://colab.research.google.com/github/x/y/blob/main/z.ipynb" target="_parent">'
    '<img src="https://colab.research.google.com/assets/colab-badge.svg" alt="Open In Colab"/></a>'
)
DEEPNOTE = (
    "<a style='display:flex;' href='https://deepnote.com?utm_source=created-in-deepnote-cell' "
    "target=\"_blank\">\n<img alt='Created in deepnote.com' src='data:image/svg+xml;base64,PD9' > "
    "</img>\nCreated in <span style='font-weight:600;'>Deepnote</span></a>"
)
BINDER = "[![Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/x/y)"
CONTENTS = new_markdown_cell("# Table of Contents\n<div class='toc'></div>", metadata={"toc": True})


@pytest.mark.parametrize(
    "cell",
    [
        *map(new_markdown_cell, [COLAB, DEEPNOTE, BINDER, f"{COLAB}\n{BINDER}"]),
        CONTENTS,
        new_raw_cell("---\ntitle: Sums\n---"),
    ],
    ids=["colab", "deepnote", "binder", "two", "contents", "front matter"],
)
def test_what_an_editor_wrote_is_no_answer(cell: NotebookNode) -> None:
    assert is_editors_own(cell)


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell(f"{COLAB}\nIt is learned."),
        new_markdown_cell(COLAB.replace("/></a>", "/> It is learned from the data it sees.</a>")),
        new_markdown_cell('<a href="https://colab.research.google.com/drive/1">My answer</a>'),
        new_markdown_cell(BINDER.replace("mybinder", "example")),
        new_markdown_cell("![my answer](answer.png)"),
        new_markdown_cell(""),
        new_raw_cell("It is learned."),
        new_raw_cell("---\nIt is learned."),
    ],
)
def test_what_may_be_an_answer_is_not_passed_over(cell: NotebookNode) -> None:
    assert not is_editors_own(cell)


def test_a_text_of_links_alone_takes_no_time() -> None:
    texts = "<a //kaggle.com>" * 1_200, "[![" * 6_000, "<a" + "//kaggle.com" * 1_600
    cells = [new_markdown_cell(text) for text in texts]
    begin = time.process_time()
    assert not any(is_editors_own(cell) for cell in cells * 100)
    assert time.process_time() - begin < 5, "a notebook may have a thousand such cells"


@pytest.mark.parametrize(
    ("text", "waits"),
    [(DEEPNOTE, ()), ("Learned.", ("written_answer",))],
    ids=["editor", "student"],
)
def test_an_untouched_answer_waits_for_a_students_text_alone(
    assignment: Assignment, tiny_course: Settings, text: str, waits: tuple[str, ...]
) -> None:
    blank = tiny.submission(tiny_course, {})
    blank.cells.insert(0, new_markdown_cell(text))
    rebuilt = rebuild(assignment, blank)
    assert rebuilt.waiting == waits
    assert "written_answer" in rebuilt.untouched
    assert [cell.source for cell in rebuilt.notebook.cells if grade_id(cell) == ""].count(text) == 1
