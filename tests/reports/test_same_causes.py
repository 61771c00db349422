"""Which claims were lost for one cause."""

from __future__ import annotations

import pytest

from grader.reports.same_causes import cause, first_tellers, fullest

RAISED = "Testing your code ended with IndexError: index {} is out of bounds. It was raised in {}."
LINE = "line 10 of the cell `pool`, `x[5]`"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (RAISED.format(3, LINE), RAISED.format(12, LINE) + " Print x.", True),
        (RAISED.format(3, LINE), f"The cell `train` ended with IndexError: no, in {LINE}.", True),
        (RAISED.format(3, LINE), RAISED.format(3, LINE.replace("10", "11")), False),
        (RAISED.format(3, LINE), RAISED.format(3, LINE.replace("pool", "add")), False),
        (RAISED.format(3, LINE), RAISED.format(3, LINE).replace("Index", "Key"), False),
        (RAISED.format(3, "line 2, `x`"), RAISED.format(4, "line 2, `x`"), True),
        (
            RAISED.format(3, "line 2 of cell 7, `x`"),
            RAISED.format(4, "line 2 of cell 7, `x`"),
            True,
        ),
        (
            "KeyError: 'a'. Ausgelöst in Zeile 3 der Zelle `pool`, `x[k]`.",
            "KeyError: 'b'. Ausgelöst in Zeile 3 der Zelle `pool`, `x[k]`. Sieh nach.",
            True,
        ),
        (
            "KeyError: 'a'. رُفع في السطر 3 من الخلية `pool`، `x[k]`.",
            "KeyError: 'b'. رُفع في السطر 4 من الخلية `pool`، `x[k]`.",
            False,
        ),
        ("At row 3 it is 4, expected 5.", "At row 2 it is 4, expected 5.", False),
        ("This claim was not tried.", "This claim was not tried.", True),
    ],
)
def test_a_cause_is_an_error_in_a_line_or_the_very_words(one: str, other: str, same: bool) -> None:
    assert (cause(one) == cause(other)) == same


def test_the_first_one_tells_the_fullest_message() -> None:
    short, long = RAISED.format(3, LINE), RAISED.format(4, LINE) + " Print the index."
    messages = ("", "other", short, "", long)
    assert first_tellers(messages) == (0, 1, 2, 3, 2)
    assert fullest(messages) == ("", "other", long, "", long)
