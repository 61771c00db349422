"""Ids that nbgrader would take for somebody else's are refused by name."""

from __future__ import annotations

import pytest

from grader.errors import SubmissionError
from grader.notebook.submission import student_ids
from grader.notebook.submission.student_ids import require_plain


@pytest.mark.parametrize(
    "student",
    ["ada", "Ada Lovelace", "s-123", "ada@example.org", "Žofie", "ada_l", "o'neill", "李"],
)
def test_names_are_ids(student: str) -> None:
    require_plain(student)


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("zo?", "holds ?"),
        ("z[o]e", r"holds \[, \]"),
        ("*", r"holds \*"),
        ("zoe ", "a blank at an end"),
        (" zoe", "a blank at an end"),
        ("zoe\t", r"'zoe\\\\t' holds \\t"),
        ("\x1b[31mzoe", r"\\x1b"),
        ("zoe\u202e", r"\\u202e"),
        ("zoe\n", r"\\n"),
        ("-zoe", "- at the beginning"),
        (".zoe", r"\. at the beginning"),
        ("zoe\udcff", r"\\udcff"),
    ],
)
def test_what_is_no_name_is_refused(student: str, words: str) -> None:
    with pytest.raises(SubmissionError, match=words) as refused:
        require_plain(student)
    assert str(refused.value).isprintable()


def test_few_ids_are_all_expected() -> None:
    assert student_ids.some_of(["ada", "ben"], "zoe") == "ada, ben"


def test_of_many_ids_those_that_resemble_come_first() -> None:
    known = [f"student_{number:03}" for number in range(200)]
    named = student_ids.some_of([*known, "zoe_müller"], "zoe_muller")
    assert named.startswith("zoe_müller, student_000, ")
    assert named.endswith(" or 191 more")
    assert student_ids.some_of(known, "q").startswith("student_000, student_001")
