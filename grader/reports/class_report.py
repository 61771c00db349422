"""What a class report says, as frozen dataclasses."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.model import Claim, Graded, Outcome, Run, Verdict
from grader.reports import likeness
from grader.reports.likeness import Alike

_MESSAGES = 3  # of a claim, that are shown


@dataclass(frozen=True)
class Entry:
    """One graded submission.

    Attributes:
        graded: its verdicts, runs and times.
        claims_score: what the gradebook holds for its claims, changes by hand included.
        by_hand: points for answers that a person grades, as far as they are graded.
        total: all of it, late penalty taken off.
        waiting: names of the answers that nobody graded yet.
        cells: the text of each code cell that the student wrote.
    """

    graded: Graded
    claims_score: float
    by_hand: float
    total: float
    waiting: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def student(self) -> str:
        """nbgrader's id."""
        return self.graded.student

    @property
    def referee_seconds(self) -> float:
        """How long the submission waited for its trainings."""
        return sum(t.wall for t in self.graded.timings if t.part == "waiting for the referee")


@dataclass(frozen=True)
class Complaint:
    """What several verdicts on a claim say, numbers aside.

    Attributes:
        message: one of them, as its student reads it.
        students: who reads it or one like it.
    """

    message: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClaimResult:
    """How the class did on one claim.

    Attributes:
        claim: the claim.
        counts: outcome to how many submissions had it.
        complaints: the commonest messages, most students first.
        others: how many students have a message that is not among these.
    """

    claim: Claim
    counts: Counter[Outcome]
    complaints: tuple[Complaint, ...]
    others: int

    @property
    def missed(self) -> int:
        """How many submissions did not pass."""
        return sum(self.counts.values()) - self.counts[Outcome.PASSED]


@dataclass(frozen=True)
class ClassReport:
    """What a report on one assignment says.

    Attributes:
        assignment: its name.
        claims: in notebook order.
        max_score: of all cells.
        target: the training accuracy that the assignment asks for; None: it asks for none.
        entries: a graded submission each, by student.
        left_out: student and reason for each that was handed in and is not among the entries.
        made: when.
    """

    assignment: str
    claims: tuple[Claim, ...]
    max_score: float
    target: float | None
    entries: tuple[Entry, ...]
    left_out: tuple[tuple[str, str], ...]
    made: datetime

    @property
    def graded(self) -> tuple[Graded, ...]:
        """The verdicts of every entry."""
        return tuple(entry.graded for entry in self.entries)

    @property
    def runs(self) -> tuple[tuple[str, Run], ...]:
        """Every training, with its student."""
        return tuple((one.student, run) for one in self.graded for run in one.runs)

    @property
    def claims_max(self) -> float:
        """Points of all claims."""
        return sum(claim.points for claim in self.claims)

    @property
    def median(self) -> float:
        """Of the points for claims."""
        return statistics.median(entry.claims_score for entry in self.entries)

    @property
    def results(self) -> tuple[ClaimResult, ...]:
        """How the class did on each claim, in notebook order."""
        return tuple(_result(claim, self.graded) for claim in self.claims)

    @property
    def faults(self) -> tuple[tuple[str, Verdict], ...]:
        """Every verdict that the grader could not give, with its student."""
        return tuple(
            (one.student, verdict)
            for one in self.graded
            for verdict in one.verdicts
            if verdict.outcome is Outcome.GRADER_FAULT
        )

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """Submissions with an answer that nobody graded yet."""
        return tuple(entry for entry in self.entries if entry.waiting)

    @property
    def noted(self) -> tuple[tuple[str, str], ...]:
        """What was odd about a notebook, with its student."""
        return tuple((one.student, note) for one in self.graded for note in one.notes)

    def alike_code(self) -> tuple[Alike, ...]:
        """Submissions whose code is alike."""
        return likeness.of_code({entry.student: entry.cells for entry in self.entries})

    def alike_trainings(self) -> tuple[Alike, ...]:
        """Submissions whose trainings are alike."""
        return likeness.of_trainings({one.student: one.runs for one in self.graded})


def _result(claim: Claim, graded: Sequence[Graded]) -> ClaimResult:
    verdicts = [(g.student, v) for g in graded for v in g.verdicts if v.claim == claim.name]
    said: dict[str, list[tuple[str, str]]] = {}
    for student, verdict in verdicts:
        if verdict.outcome is not Outcome.PASSED:
            said.setdefault(_pattern(verdict.message), []).append((student, verdict.message))
    commonest = sorted(said.values(), key=len, reverse=True)
    return ClaimResult(
        claim=claim,
        counts=Counter(verdict.outcome for _, verdict in verdicts),
        complaints=tuple(
            Complaint(group[0][1], tuple(student for student, _ in group))
            for group in commonest[:_MESSAGES]
        ),
        others=sum(len(group) for group in commonest[_MESSAGES:]),
    )


def _pattern(message: str) -> str:
    """A message without its numbers: 0.93 and 0.95 of images are the same mistake."""
    return re.sub(r"\d+(?:\.\d+)?", "#", message)
