"""What an assignment is called."""

from __future__ import annotations

import dataclasses

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.notebook import titles
from grader.notebook.assignment import Assignment
from tests.conftest import ROOT

COURSE = course_settings.load(ROOT)


def assignment(*texts: str) -> Assignment:
    cells = [new_code_cell("# no title"), *(new_markdown_cell(text) for text in texts)]
    notebook = new_notebook(cells=cells)
    return Assignment("mnist_998", notebook, notebook, (), "")


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (("# Sums, **and** `more` #",), "Sums, and more"),
        (("no heading", "text\n\n# The title\n\n# Another"), "The title"),
        (("## Too deep", "#hashtag"), "mnist_998"),
        (("# " + "x" * 500,), "x" * 120),
        ((), "mnist_998"),
    ],
)
def test_the_first_heading_is_the_title(texts: tuple[str, ...], title: str) -> None:
    assert titles.title(COURSE, assignment(*texts)) == title


def test_what_is_configured_comes_first() -> None:
    course = dataclasses.replace(
        COURSE, title_of={"mnist_998": "Digits"}, description_of={"mnist_998": "Ten of them."}
    )
    assert titles.title(course, assignment("# Sums")) == "Digits"
    assert titles.labelled(course, assignment()) == "mnist_998 (Digits)"
    assert titles.labelled(COURSE, assignment()) == "mnist_998"
    assert titles.description(course, assignment()) == "Ten of them."
    assert titles.description(dataclasses.replace(course, description_of={}), assignment()) == ""
