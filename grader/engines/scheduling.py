"""Which work is started next, and how much at once: decisions without effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.engines.base import Work

OVERDUE_SECONDS = 30.0  # after which running work no longer keeps other work from starting


@dataclass(frozen=True)
class Capacity:
    """How much work may be carried out at once.

    Attributes:
        workers: pieces of work that compute.
        most_open: pieces that compute or wait: each holds memory.
    """

    workers: int
    most_open: int


@dataclass(frozen=True)
class Running:
    """A piece of work that has a place.

    Attributes:
        work: the piece.
        seconds: since it got its place.
        long: whether it was picked since it takes long.
    """

    work: Work
    seconds: float
    long: bool


def capacity(cores: int, memory_bytes: int, each_bytes: int) -> Capacity:
    """What a machine can carry out at once.

    Args:
        cores: that this process may use.
        memory_bytes: that are free.
        each_bytes: that one piece of work is estimated to take.
    """
    most_open = max(1, memory_bytes // each_bytes)
    return Capacity(min(max(1, cores), most_open), most_open)


def may_start(running: Sequence[Running], waiting: int, allowed: Capacity) -> bool:
    """Whether another piece of work may get a place now.

    Work that has run for ``OVERDUE_SECONDS`` holds up no other: where all that runs is overdue, one
    more piece may run beside it. So endless loops slow the rest down, and do not stop it.

    Args:
        running: what has a place.
        waiting: how many pieces are open and have none.
        allowed: how much may be carried out at once.
    """
    if len(running) + waiting >= allowed.most_open:
        return False
    return has_place(running, allowed)


def has_place(running: Sequence[Running], allowed: Capacity) -> bool:
    """Whether a piece of work that is open already may go on, or a new one start."""
    overdue = sum(each.seconds >= OVERDUE_SECONDS for each in running)
    return len(running) < allowed.workers or overdue == len(running)


def pick(queued: Sequence[Work], running: Sequence[Running], workers: int) -> tuple[Work, bool]:
    """The piece of work to start next, and whether it was picked since it takes long.

    Longest first, since a class ends when its longest submission does; but one worker is left to
    the rest, in which those that nothing is known of come before those that are known to be long.

    Args:
        queued: not empty, in the order of submission.
        running: what has a place.
        workers: how many may compute at once.
    """
    highest = max(work.priority for work in queued)
    candidates = [work for work in queued if work.priority == highest]
    known = [work for work in candidates if work.expected_seconds is not None]
    if known and sum(each.long for each in running) < workers - 1:
        return max(known, key=lambda work: work.expected_seconds or 0.0), True
    unknown = [work for work in candidates if work.expected_seconds is None]
    if unknown:
        return unknown[0], False
    return min(known, key=lambda work: work.expected_seconds or 0.0), False
