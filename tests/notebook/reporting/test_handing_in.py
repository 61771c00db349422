"""When work was handed in, as its student reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.notebook.reporting.handing_in import moment, sentence

HANDED_IN = datetime(2026, 11, 20, 17, 45)


def test_a_time_without_a_zone_is_utc() -> None:
    assert moment(HANDED_IN) == moment(HANDED_IN.replace(tzinfo=UTC))
    assert moment(HANDED_IN).startswith("2026-11-2")


@pytest.mark.parametrize(
    ("hours", "late", "said"),
    [
        (1.0, 0.0, ", in time: it was due on "),
        (-0.001, 4.0, ", less than a minute late: it was due on "),
        (-2.0, 7320.0, ", 2 hours and 2 minutes late: it was due on "),
        (-26.5, 95400.0, ", 1 day and 2 hours late: it was due on "),
    ],
)
def test_lateness_is_told_in_words(hours: float, late: float, said: str) -> None:
    due = HANDED_IN + timedelta(hours=hours)
    assert sentence(HANDED_IN, due, late) == f"Handed in on {moment(HANDED_IN)}{said}{moment(due)}."


def test_without_a_due_date_the_time_alone_is_told() -> None:
    assert sentence(HANDED_IN, None, 0.0) == f"Handed in on {moment(HANDED_IN)}."
    assert sentence(None, HANDED_IN, 0.0) == ""
