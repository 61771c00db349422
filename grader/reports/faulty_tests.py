"""What is wrong with an assignment's tests, as grading a class has shown it: each fault once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.model import Graded

_NAMED = 3  # students who are named


@dataclass(frozen=True)
class FaultyTest:
    """A fault of one test.

    Attributes:
        claim: the test cell's name.
        fault: what is wrong, with the line.
        students: whom it met.
    """

    claim: str
    fault: str
    students: tuple[str, ...]

    @property
    def met(self) -> str:
        """Whom it met, in a few words."""
        named, more = self.students[:_NAMED], len(self.students) - _NAMED
        return f"{', '.join(named)} and {more} more" if more > 0 else " and ".join(named)


def faulty_tests(graded: Sequence[Graded]) -> tuple[FaultyTest, ...]:
    """Each fault of a test once, in the order in which they are met."""
    met: dict[tuple[str, str], list[str]] = {}
    for submission in graded:
        for verdict in submission.verdicts:
            if verdict.fault:
                met.setdefault((verdict.claim, verdict.fault), []).append(submission.student)
    return tuple(FaultyTest(*which, tuple(students)) for which, students in met.items())
