"""How ``grader watch`` answers: to whom, how often, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where submissions arrive."""

    EXCHANGE = "exchange"
    SUBMITTED = "submitted"


class Told(StrEnum):
    """What students are told of claims that hidden tests belong to, before grades are released."""

    NOTHING = "nothing"
    COUNT = "count"
    NAMES = "names"
    ALL = "all"


@dataclass(frozen=True)
class WatchRules:
    """What ``c.Course.watch`` says.

    Attributes:
        assignments: what is watched; empty: all of the course.
        source: where submissions arrive.
        answers_per_hour: for one student, all assignments together.
        pause_seconds: between an answer to a student and the student's next test, at least.
        hidden_claims: what is told of them: that there are some; how many passed; which passed; all
            that is told of other claims.
        grades: whether each submission is also graded in full, right after its page. Without it no
            hidden test runs before ``grader grade``.
        health: ``host:port`` of the page on the service's own health; empty: none.
    """

    assignments: tuple[str, ...] = ()
    source: Source = Source.EXCHANGE
    answers_per_hour: int = 6
    pause_seconds: float = 120.0
    hidden_claims: Told = Told.NOTHING
    grades: bool = True
    health: str = ""
