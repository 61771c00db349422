"""Estimates how long a version waits for its test, by how fast others are answered."""

from __future__ import annotations

from dataclasses import dataclass

_FEWEST = 5  # answers that say something about the pace


@dataclass(frozen=True)
class Wait:
    """What a version waits for.

    Attributes:
        allowed: the time from which on the student may be tested.
        ahead: how many notebooks are before it.
        expected: when its test probably begins; None where that is not known.
    """

    allowed: float
    ahead: int
    expected: float | None = None


class Pace:
    """Counts the answers since the last moment at which no version had to wait for a place.

    Answers from before it tell how fast students hand in, and not how fast the service is.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._before = self._answers = 0

    def note(self, now: float, answers: int, waiting: bool) -> None:
        """Note how many answers there were so far, and whether some wait for a place."""
        if not waiting:
            self._since = None
        elif self._since is None:
            self._since, self._before = now, answers
        self._answers = answers

    def expected(self, now: float, ahead: int) -> float | None:
        """When a version with so many before it is probably started; None where that is unknown."""
        given = self._answers - self._before
        if self._since is None or given < _FEWEST or now < self._since:
            return None
        return now + ahead * (now - self._since) / given
