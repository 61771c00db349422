"""What is added to a page, by what may be told of hidden claims."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from grader.model import Claim, Outcome, Told, Verdict, WatchRules
from grader.watch import telling

TIME = datetime(2030, 1, 31, 12, 0, tzinfo=UTC)
HIDDEN = [Claim(name, 7.0, f"{name} is right.", "look", ()) for name in ("first", "second")]
VERDICTS = [
    Verdict("shown", Outcome.PASSED, 1),
    Verdict("first", Outcome.PASSED, 7),
    Verdict("second", Outcome.CRASHED, 7, "SECRET"),
]


def said(told: Told, *, graded: bool = True, hidden: list[Claim] = HIDDEN) -> str:
    """All that is added to a page, as text."""
    page = telling.preliminary(
        WatchRules(hidden_claims=told),
        TIME,
        TIME,
        hidden=hidden,
        verdicts=VERDICTS if graded else None,
        part_hidden=["second"],
    )
    return str(dataclasses.asdict(page))


@pytest.mark.parametrize("told", [Told.NOTHING, Told.COUNT, Told.NAMES])
@pytest.mark.parametrize("graded", [True, False])
def test_no_message_and_no_points_are_told(told: Told, graded: bool) -> None:
    assert "SECRET" not in said(told, graded=graded)
    assert "7" not in said(told, graded=graded)


def test_nothing_is_told_but_that_there_are_hidden_tests() -> None:
    text = said(Told.NOTHING)
    assert "they run when your work is graded" in text
    assert text == said(Told.NOTHING, graded=False), "whatever comes of them"
    assert "first" not in text
    assert "of 2" not in text


def test_a_count_says_no_more_than_a_count() -> None:
    assert "1 of 2 claims with hidden tests passed." in said(Told.COUNT)
    assert "is right" not in said(Told.COUNT)
    assert "tells how many of them passed" in said(Told.COUNT, graded=False)


def test_names_come_with_their_outcomes() -> None:
    assert "1 of 2 claims with hidden tests passed." in said(Told.NAMES)
    assert "('first is right.', <Outcome.PASSED" in said(Told.NAMES)
    assert "('second is right.', <Outcome.CRASHED" in said(Told.NAMES)
    assert "is right" not in said(Told.NAMES, graded=False)


def test_where_all_is_told_or_nothing_is_hidden_nothing_is_added() -> None:
    for text in (said(Told.ALL), said(Told.NOTHING, hidden=[])):
        assert "'hidden': ''" in text
        assert "hidden_claims': ()" in text


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (WatchRules(answers_per_hour=1, pause_seconds=0), "at most 1 time an hour."),
        (
            WatchRules(answers_per_hour=4),
            "at most 4 times an hour. At least 120 seconds lie between two answers.",
        ),
    ],
)
def test_students_read_how_often_they_may_ask(rules: WatchRules, sentence: str) -> None:
    assert telling.limits(rules).endswith(sentence)
    assert telling.again(rules, TIME).startswith("Your next version is tested from 2030-01-31 ")
