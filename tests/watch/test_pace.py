"""When a version is probably tested, by the answers that were given while others waited."""

from __future__ import annotations

from grader.watch.pace import Pace


def test_those_who_wait_are_told_a_time_by_the_pace_since_the_wait_began() -> None:
    pace = Pace()
    pace.note(1000.0, 40, waiting=True)  # the 40 answers before tell nothing
    assert pace.expected(1000.0, 10) is None
    pace.note(1060.0, 46, waiting=True)
    assert pace.expected(1060.0, 30) == 1060.0 + 30 * 10
    assert pace.expected(1060.0, 0) == 1060.0


def test_nothing_is_said_of_a_pace_that_few_answers_tell() -> None:
    pace = Pace()
    pace.note(1000.0, 0, waiting=True)
    pace.note(1060.0, 4, waiting=True)
    assert pace.expected(1060.0, 30) is None


def test_a_pace_is_forgotten_once_nobody_waits() -> None:
    pace = Pace()
    pace.note(1000.0, 0, waiting=True)
    pace.note(1060.0, 10, waiting=False)
    pace.note(5000.0, 10, waiting=True)
    assert pace.expected(5000.0, 30) is None


def test_a_clock_that_was_set_back_says_nothing() -> None:
    pace = Pace()
    pace.note(1000.0, 0, waiting=True)
    pace.note(900.0, 10, waiting=True)
    assert pace.expected(900.0, 30) is None
