"""What students are told to do about an error."""

from __future__ import annotations

import pytest

from grader.notebook.judging import error_advice

LINE = "line 2, `x = y[3]`"


@pytest.mark.parametrize(
    ("error", "said"),
    [("IndexError", "Print the index"), ("SyntaxError", "Correct that line"), ("Odd", "Call your")],
)
def test_the_next_step_goes_by_what_was_raised(error: str, said: str) -> None:
    assert error_advice.after(error, "", LINE).startswith(said)


def test_without_a_line_none_is_pointed_at() -> None:
    assert "that line" not in error_advice.after("IndexError", "", "")


def test_a_call_with_other_arguments_names_the_function() -> None:
    message = "convolve() missing 1 required positional argument: 'weight'"
    assert "`def convolve(...)`" in error_advice.after("TypeError", message, "")
    assert "def" not in error_advice.after("TypeError", "'int' object is not callable", LINE)
