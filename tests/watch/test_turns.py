"""Who is tested next: fair among students, and not too often."""

from __future__ import annotations

import pytest

from grader.model import WatchRules
from grader.watch.turns import HOUR, Turn, earliest, in_order

RULES = WatchRules(answers_per_hour=3, pause_seconds=60)
NOW = 10_000.0


def order(
    waiting: list[Turn], answered: dict[str, list[float]], busy: tuple[str, ...] = ()
) -> list[str]:
    return [turn.student for turn in in_order(waiting, answered, busy, RULES, NOW)]


def turn(student: str, since: float, assignment: str = "sums") -> Turn:
    return Turn(student, assignment, since)


def test_who_has_waited_longest_goes_first() -> None:
    assert order([turn("ada", 30), turn("ben", 10), turn("cleo", 20)], {}) == ["ben", "cleo", "ada"]


def test_who_was_answered_least_lately_goes_before_who_has_waited_longer() -> None:
    answered = {"ada": [NOW - 1000, NOW - 500], "ben": [NOW - 100], "cleo": [NOW - HOUR - 1]}
    waiting = [turn("ada", 1), turn("ben", 2), turn("cleo", 3)]
    assert order(waiting, answered) == ["cleo", "ben", "ada"], "an hour later nothing is held up"


def test_one_version_of_a_student_is_tested_at_a_time() -> None:
    both = [turn("ada", 1), turn("ada", 2, "products"), turn("ben", 3)]
    assert order(both, {}) == ["ada", "ben"]
    assert order(both, {}, busy=("ada",)) == ["ben"]


def test_a_pause_lies_between_an_answer_and_the_next_test() -> None:
    assert order([turn("ada", 1)], {"ada": [NOW - 59]}) == []
    assert order([turn("ada", 1)], {"ada": [NOW - 60]}) == ["ada"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], 0.0),
        ([100.0], 160.0),
        ([100.0, 300.0], 360.0),
        ([300.0, 100.0, 200.0], 100.0 + HOUR),
        ([0.0, 100.0, 200.0, 300.0], 100.0 + HOUR),
        ([100.0, 200.0, 100.0 + HOUR], 160.0 + HOUR),
    ],
)
def test_so_many_answers_an_hour(times: list[float], expected: float) -> None:
    assert earliest(times, RULES) == expected


def test_who_asks_ever_again_never_goes_before_who_asked_less() -> None:
    """A class of five, one of whom hands in after each answer: the others go first each time."""
    rules = WatchRules(answers_per_hour=100, pause_seconds=0)
    answered: dict[str, list[float]] = {"eager": []}
    others = [turn(name, since) for since, name in enumerate(("ada", "ben", "cleo", "dan"))]
    served, now = [], 0.0
    while others:
        (first, *_) = in_order([turn("eager", -1.0), *others], answered, (), rules, now)
        served.append(first.student)
        answered.setdefault(first.student, []).append(now)
        others = [other for other in others if other.student != first.student]
        now += 1
    assert served == ["eager", "ada", "ben", "cleo", "dan"]
