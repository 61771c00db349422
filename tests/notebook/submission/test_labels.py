"""Who wrote a notebook, and headings of code, are no answers; all other text may be one."""

from __future__ import annotations

import time

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook.assignment import Assignment
from grader.notebook.submission.labels import is_heading_of_code, is_label
from grader.notebook.submission.rebuild import rebuild
from grader.settings import Settings
from tests import tiny


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ada Lovelace",
        "**Name:** Ada Lovelace  \n**Student ID:** 1234567",
        "# Ada Lovelace\nMatriculation number 1234567\nGroup 4",
        "Name and student number (Matr.-Nr.): Ada, 1234567\n\n---",
        "Ada Lovelace, 1234567",
        "Vorname: Ada\nNachname: Lovelace\nMatrikelnummer: 12",
        "الاسم: ليلى\nرقم الطالب: 1234567",
        "姓名\N{FULLWIDTH COLON}王小明",
        "> Collaborators: none",
        "Ada Lovelace (1234567)\nGroup 4",
        "Student: s1234567\nName: Ada",
        "E-mail: ada99@example.org",
    ],
)
def test_who_wrote_it_is_no_answer(text: str) -> None:
    assert is_label(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Because.",
        "Learned",
        "My answer: because.",
        "Gradient Descent",
        "Name: Ada\nThe filters are learned.",
        "Group: filters of one layer are learned together from all of the data",
        "we need 60000",
        "Nothing: it is learned",
        "No: the network overfits",
        "Class: Shirt",
        "Class 6",
        "Class name: Shirt",
        "Number: 32",
        "Name: Conv2D",
        "Name: the Conv2D layer",
        "Name: Ada\nName: MaxPooling2D",
        "رقم 9",
        "21840",
        "Parameters: 21840",
        "Parameters = 21840",
        "Trainable Parameters 21840",
        "Name: Ada\nYes",
        "Name: Ada\n42",
        "Name: Ada\nGradient Descent",
        "الاسم: ليلى\nلأن المرشحات متعلمة",
        "姓名\N{FULLWIDTH COLON}王小明\n因为卷积核共享权重",
    ],
)
def test_other_text_may_be_an_answer(text: str) -> None:
    assert not is_label(text)


def test_what_the_course_said_does_not_count() -> None:
    text = "# Sums\nAdd them up.\n"
    assert is_label(f"{text}Name: Ada", text)
    assert is_label("# Sums", text)
    assert is_label("# Sums - Ada Lovelace, 1234567\nAdd them up.", text)
    assert not is_label("# Sums: because\nAdd them up.", text)
    assert not is_label(f"{text}Because.", text)


def test_a_long_line_takes_no_time() -> None:
    begin = time.process_time()
    for text in ("name " * 30, "name (" * 25, "Name: " + "x " * 900, "group/" * 25):
        for _ in range(100):
            is_label(text)
    assert time.process_time() - begin < 2


def heading(text: str, *behind: NotebookNode) -> bool:
    return is_heading_of_code([new_markdown_cell(text), *behind], 0)


def test_a_heading_of_code_is_short_and_code_follows() -> None:
    code = new_code_cell("for n in range(3): print(n)")
    assert heading("## My experiments", code)
    assert not heading("## My experiments")
    assert not heading("## My experiments", new_markdown_cell("Learned."))
    assert not heading("## My experiments", new_code_cell("# They are learned from the data."))
    assert not heading("My experiments", code)
    assert not heading("## My experiments\nThey are learned.", code)
    assert not heading("## They are learned from data in training", code)
    assert not heading("## My answer: learned", code)
    for answer in ("## Weights are shared", "# Because weights are shared", "## Yes", "## 21840"):
        assert not heading(answer, code)
    assert heading("## Task 3", code)


@pytest.mark.parametrize(
    ("cell", "waits"),
    [
        (new_markdown_cell("Name: Ada"), False),
        (new_code_cell("%%bash\npip install one two three\nls"), False),
        (new_code_cell("pip install numpy pandas scikit-learn"), False),
        (new_code_cell("%%html\n<p>Because it is learned from data"), True),
        (new_code_cell("we learned them from the data"), True),
        (new_code_cell("cat and dog look alike here"), True),
    ],
    ids=["name", "bash", "automagic", "html", "sentence", "cat"],
)
def test_an_untouched_answer_waits_for_text_that_may_be_one(
    assignment: Assignment, tiny_course: Settings, cell: NotebookNode, waits: bool
) -> None:
    blank = tiny.submission(tiny_course, {})
    blank.cells.insert(0, cell)
    rebuilt = rebuild(assignment, blank)
    assert rebuilt.waiting == (("written_answer",) if waits else ())
    assert cell.source in [each.source for each in rebuilt.notebook.cells], "and it is shown"
