"""Text of students calculates nothing in a spreadsheet."""

from __future__ import annotations

import pytest

from grader.reports import formulas


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Ada;=1+1", "Ada;'=1+1"),
        (";=1+1", ";'=1+1"),
        ("Ada; ;@SUM(A1)", "Ada; ;'@SUM(A1)"),
        ("Ada\t-1+1", "Ada\t'-1+1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_what_would_begin_a_formula_is_marked(text: str, shown: str) -> None:
    assert formulas.is_formula(text)
    assert formulas.as_text(text) == shown


@pytest.mark.parametrize("text", ["", "-", "Ada", "3 = 3", "wrong; -2 points", "a;b"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert not formulas.is_formula(text)
    assert formulas.as_text(text) == text
