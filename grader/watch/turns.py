"""Who is tested next, and when a student may be tested again; without any effect.

The student who was answered least in the last hour goes first, and of those the one who has waited
longest. So a student who hands in again and again does not delay those who seldom do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.model import WatchRules

HOUR = 3600.0


@dataclass(frozen=True)
class Turn:
    """A version that waits to be tested.

    Attributes:
        student: nbgrader's id.
        assignment: its name.
        since: when the student's wait for this assignment began, in seconds.
    """

    student: str
    assignment: str
    since: float


Answered = Mapping[str, Sequence[float]]
"""Student to the times of the answers, in any order."""


def earliest(times: Sequence[float], rules: WatchRules) -> float:
    """The time from which on a student may be tested who was answered at ``times``."""
    latest_first = sorted(times, reverse=True)
    allowed = [latest_first[0] + rules.pause_seconds] if latest_first else [0.0]
    if len(latest_first) >= rules.answers_per_hour:
        allowed.append(latest_first[rules.answers_per_hour - 1] + HOUR)
    return max(allowed)


def in_order(
    waiting: Collection[Turn],
    answered: Answered,
    busy: Collection[str],
    rules: WatchRules,
    now: float,
) -> list[Turn]:
    """Those who may be tested now, the next one first.

    Args:
        waiting: all that wait.
        answered: when each student was answered.
        busy: students who are being tested: one version of a student at a time.
        rules: how often a student may ask.
        now: the time.
    """

    def rank(turn: Turn) -> tuple[int, float, str, str]:
        lately = sum(time > now - HOUR for time in answered.get(turn.student, ()))
        return lately, turn.since, turn.student, turn.assignment

    may = [
        turn
        for turn in waiting
        if turn.student not in busy and earliest(answered.get(turn.student, ()), rules) <= now
    ]
    first: dict[str, Turn] = {}
    for turn in sorted(may, key=rank):
        first.setdefault(turn.student, turn)
    return list(first.values())
