"""A claim of an assignment, and the verdict that a submission gets on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a claim. Only ``PASSED`` scores; ``GRADER_FAULT`` waits for a person."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    OVER_LIMIT = "over a limit"
    NOT_ATTEMPTED = "not attempted"
    GRADER_FAULT = "grader fault"


@dataclass(frozen=True)
class Claim:
    """One graded test cell of an assignment.

    Attributes:
        name: the cell's ``grade_id``.
        points: what the claim is worth.
        statement: the text of the claim, from the cell's line ``# Claim: ...``.
        hint: what to do where it fails, from the cell's line ``# Hint: ...``.
        needs: ``grade_id`` of every solution cell that the claim depends on, in notebook order.
        after_training: whether it is judged after the last claim, with the names of its own place,
            from the cell's line ``# Judged: after training``.
    """

    name: str
    points: float
    statement: str
    hint: str
    needs: tuple[str, ...]
    after_training: bool = False


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim of one submission.

    Attributes:
        claim: the claim's name.
        outcome: see ``Outcome``.
        points: what the claim is worth.
        message: tells the student what was found, what was expected, what to do; empty if passed.
        seconds: wall time of the test cell.
        waits: whether a person must look at it, since the answer was not found: it may stand
            elsewhere in the submission, or was lost.
    """

    claim: str
    outcome: Outcome
    points: float
    message: str = ""
    seconds: float = 0.0
    waits: bool = False

    @property
    def faulty(self) -> bool:
        """Whether the grader failed: then it is worth another try."""
        return self.outcome is Outcome.GRADER_FAULT

    @property
    def score(self) -> float | None:
        """Points earned; None while the claim waits for a person."""
        if self.faulty or self.waits:
            return None
        return self.points if self.outcome is Outcome.PASSED else 0.0
