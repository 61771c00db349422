"""A score, and how it is written on every page, in every table and in every message."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language import ngettext


@dataclass(frozen=True)
class Score:
    """Points of a submission, a claim or an answer.

    Attributes:
        earned: what it has so far, late penalty taken off.
        possible: the most that it could have, what a person marks included.
        to_mark: of these, points that wait for a person.
    """

    earned: float
    possible: float
    to_mark: float = 0.0

    def __str__(self) -> str:
        """As nbgrader's formgrader writes it: ``16 / 25``."""
        return f"{points(self.earned)} / {points(self.possible)}"

    @property
    def text(self) -> str:
        """The score, and what a person still has to mark: ``16 / 25 (5 to mark)``."""
        return f"{self} ({points(self.to_mark)} to mark)" if self.to_mark else str(self)


def points(number: float) -> str:
    """A number of points, with at most two decimals."""
    return f"{round(number, 2):.10g}"


def points_text(number: float) -> str:
    """A number of points with its unit, in the course's language: ``1 point``, ``2.5 points``."""
    count = 1 if number == 1 else max(2, round(number))  # 0.5 points are several
    return ngettext("{points} point", "{points} points", count, points=points(number))
