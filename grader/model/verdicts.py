"""A claim of an assignment, and the verdict that a submission gets on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grader.model.scores import Score


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
class Override:
    """A person's decision on the points of one claim of one submission.

    Attributes:
        claim: the claim's name.
        points: what the person gives.
        reason: in one line; students read it.
        by: who decided.
        when: the moment, in UTC, as ISO 8601 has it.
        handed_in: digest of what had been handed in; see ``override_file.handed_in``.
    """

    claim: str
    points: float
    reason: str
    by: str
    when: str
    handed_in: str = ""

    @property
    def day(self) -> str:
        """The day of the decision, in UTC."""
        return self.when[:10]


@dataclass(frozen=True)
class TimeDecision:
    """A person's decision on when a submission was handed in, where its file is unclear.

    Attributes:
        received: the text of ``timestamp.txt`` that it is about; it ends with another text.
        handed_in: the time, in UTC without a zone, as ISO 8601 has it.
        reason: in one line.
        by: who decided.
        when: the moment of the decision, in UTC, as ISO 8601 has it.
    """

    received: str
    handed_in: str
    reason: str
    by: str
    when: str


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim of one submission.

    Attributes:
        claim: the claim's name.
        outcome: see ``Outcome``.
        points: what the claim is worth.
        message: tells the student what was found, what was expected, what to do; of a passed claim
            only what decided, if that was not the student's own training.
        seconds: wall time of the test cell.
        waits: whether a person must look at it, since the answer was not found: it may stand
            elsewhere in the submission, or was lost.
        override: a person's decision beside it, whose points count; None: the verdict's count.
        test_line: where in the test it ended, for instructors: the test may be hidden.
        fault: what is wrong with the test itself, for instructors; empty if nothing is.
    """

    claim: str
    outcome: Outcome
    points: float
    message: str = ""
    seconds: float = 0.0
    waits: bool = False
    override: Override | None = None
    test_line: str = ""
    fault: str = ""

    @property
    def faulty(self) -> bool:
        """Whether the grader failed: then it is worth another try."""
        return self.outcome is Outcome.GRADER_FAULT

    @property
    def worth_retry(self) -> bool:
        """Whether the grader failed in a way that the next try need not meet."""
        return self.faulty and not self.fault

    @property
    def score(self) -> float | None:
        """Points earned, by a person's decision if there is one; None while it is awaited."""
        return self.machine_score if self.override is None else self.override.points

    @property
    def machine_score(self) -> float | None:
        """Points that the verdict itself gives; None while the claim waits for a person."""
        if self.faulty or self.waits:
            return None
        return self.points if self.outcome is Outcome.PASSED else 0.0

    @property
    def result(self) -> Score:
        """The score that counts, a person's decision included."""
        return self._result(self.score)

    @property
    def machine_result(self) -> Score:
        """The score that the verdict itself gives."""
        return self._result(self.machine_score)

    def _result(self, score: float | None) -> Score:
        if score is None:
            return Score(0.0, self.points, to_mark=self.points)
        return Score(score, self.points)


@dataclass(frozen=True)
class Decision:
    """A person's decision, and the verdict that it stands beside.

    Attributes:
        student: nbgrader's id.
        assignment: its name.
        override: the decision.
        verdict: None where the submission is not graded, or the claim is gone.
    """

    student: str
    assignment: str
    override: Override
    verdict: Verdict | None
