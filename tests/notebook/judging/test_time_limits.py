"""Each solution cell has a share of a submission's time that no other can use up."""

from __future__ import annotations

import pytest

from grader.model import Limits
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.strikes import OTHERS
from grader.notebook.judging.time_limits import GRACE_SECONDS, TimeLimits, judge_seconds


class HandClock(Clock):
    """A clock that goes on where a test says so."""

    seconds = 100.0

    def now(self) -> float:
        """Seconds that have counted."""
        return self.seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def limits(clock: HandClock) -> TimeLimits:
    """80 s, 30 s of it a cell; shares of 10 s for a, b, c and all else."""
    return TimeLimits(Limits(submission_seconds=80, cell_seconds=30), clock, ("a", "b", "c"))


def use(limits: TimeLimits, clock: HandClock, cell: str, seconds: float) -> None:
    with limits.charged(cell):
        clock.seconds += seconds


def test_a_cell_may_take_its_time(limits: TimeLimits) -> None:
    assert {limits.seconds(cell) for cell in ("a", "b", "c", OTHERS, "unknown")} == {30}
    assert limits.again_seconds == 30
    assert limits.left == 80


def test_one_cell_may_use_half_of_all_and_its_own_share(
    limits: TimeLimits, clock: HandClock
) -> None:
    use(limits, clock, "a", 30)
    assert limits.seconds("a") == 20
    use(limits, clock, "a", 20)
    assert limits.seconds("a") == 0
    assert limits.seconds("b") == limits.seconds(OTHERS) == 10
    use(limits, clock, "b", 10)
    assert limits.seconds("b") == 0
    assert limits.seconds("c") == 10
    assert limits.left == 20


def test_what_one_leaves_of_the_half_is_the_others(limits: TimeLimits, clock: HandClock) -> None:
    use(limits, clock, "a", 25)
    use(limits, clock, "b", 5)
    assert limits.seconds("c") == 30
    assert limits.seconds("a") == 25


def test_time_that_is_no_cells_is_taken_from_all_alike(
    limits: TimeLimits, clock: HandClock
) -> None:
    clock.seconds += 60
    assert limits.seconds("a") == limits.seconds("b") == 5
    use(limits, clock, "a", 5)
    assert 0 < limits.seconds("b") <= 15
    clock.seconds += 15
    assert limits.seconds("b") == limits.left == 0


def test_when_time_is_up_nobody_has_any(limits: TimeLimits, clock: HandClock) -> None:
    clock.seconds += 100
    assert limits.left < 0
    assert all(limits.seconds(cell) <= 0 for cell in ("a", OTHERS))
    assert limits.again_seconds < 0


def test_all_used_up_and_more(limits: TimeLimits, clock: HandClock) -> None:
    for cell in ("a", "b", "c", OTHERS):
        use(limits, clock, cell, 25)
    assert limits.seconds("a") == -20


def test_questions_share_the_time_of_one_cell(limits: TimeLimits, clock: HandClock) -> None:
    left = limits.countdown("a")
    clock.seconds += 20
    assert left() == 10
    clock.seconds += 20
    assert left() == -10


def test_the_body_is_charged_also_where_it_raises(limits: TimeLimits, clock: HandClock) -> None:
    with pytest.raises(RuntimeError):
        use_and_fail(limits, clock)
    assert limits.seconds("a") == 0


def use_and_fail(limits: TimeLimits, clock: HandClock) -> None:
    with limits.charged("a"):
        clock.seconds += 50
        raise RuntimeError


def test_a_judge_has_the_submissions_time_and_a_constant() -> None:
    assert judge_seconds(Limits(submission_seconds=600)) == 600 + GRACE_SECONDS
