"""What is started next: longest first, and one worker for the rest."""

from __future__ import annotations

import pytest

from grader.engines.base import Work
from grader.engines.scheduling import (
    OVERDUE_SECONDS,
    Capacity,
    Running,
    capacity,
    has_place,
    may_start,
    pick,
)

GIGABYTE = 1 << 30


def work(key: str, seconds: float | None = None, priority: int = 0) -> Work:
    return Work(key, lambda _: None, seconds, priority)


def running(count: int, seconds: float = 1.0, long: bool = False) -> list[Running]:
    return [Running(work(str(number)), seconds, long) for number in range(count)]


@pytest.mark.parametrize(
    ("cores", "memory", "expected"),
    [
        (8, 100 * GIGABYTE, Capacity(8, 100)),
        (8, 4 * GIGABYTE, Capacity(4, 4)),
        (2, GIGABYTE // 2, Capacity(1, 1)),
        (0, GIGABYTE, Capacity(1, 1)),
    ],
)
def test_cores_and_memory_bound_what_runs(cores: int, memory: int, expected: Capacity) -> None:
    assert capacity(cores, memory, GIGABYTE) == expected


def test_longest_first_but_for_one_worker() -> None:
    queued = [work("short", 1), work("long", 100), work("new"), work("longer", 200)]
    assert pick(queued, [], 3) == (queued[3], True)
    assert pick(queued, running(1, long=True), 3) == (queued[3], True)
    assert pick(queued, running(2, long=True), 3) == (queued[2], False)
    assert pick(queued[:2], running(2, long=True), 3) == (queued[0], False)


def test_a_single_worker_takes_the_longest_last() -> None:
    queued = [work("endless", 600), work("short", 1)]
    assert pick(queued, [], 1) == (queued[1], False)


def test_priority_comes_before_all_else() -> None:
    queued = [work("long", 100), work("asked", 1, priority=1)]
    assert pick(queued, [], 4)[0] is queued[1]


def test_in_the_order_of_submission_where_nothing_is_known() -> None:
    queued = [work("a"), work("b")]
    assert pick(queued, [], 2) == (queued[0], False)


def test_no_more_than_workers_at_once_nor_more_open_than_memory_holds() -> None:
    allowed = Capacity(2, 4)
    assert may_start(running(1), 0, allowed)
    assert not may_start(running(2), 0, allowed)
    assert may_start(running(1), 2, allowed)
    assert not may_start(running(1), 3, allowed)
    assert has_place(running(1), allowed)


def test_overdue_work_lets_one_more_start() -> None:
    allowed = Capacity(2, 9)
    endless = running(2, OVERDUE_SECONDS)
    assert may_start(endless, 0, allowed)
    assert not may_start([*endless, *running(1)], 0, allowed)
    assert not may_start([*running(1), *endless[:1]], 0, allowed)
