"""The content of a class report, as frozen dataclasses."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.model import CellHints, Claim, Graded, Outcome, Run, Verdict, WorkPart
from grader.reports.class_report import similarity
from grader.reports.class_report.hint_uses import HintUse, uses
from grader.reports.class_report.similarity import Alike
from grader.reports.faulty_tests import FaultyTest, faulty_tests

_MESSAGES = 3  # shown for each claim


@dataclass(frozen=True)
class Entry:
    """One graded submission.

    Attributes:
        graded: its verdicts, runs and times.
        claims_score: the gradebook's score for its claims, changes by hand included.
        by_hand: points for those written answers that a person has graded.
        total: the whole score, minus the late penalty.
        waiting: names of the answers that are not graded yet.
        cells: the text of each code cell that the student wrote.
        name: the student's, as the gradebook has it; empty if it has none.
        feedback: the page that the student reads; None if there is none yet.
        hints: cell and number of each hint that the student has read, by the student's own file.
        penalty_waits: why a person must decide on the late penalty; empty where it is known.
    """

    graded: Graded
    claims_score: float
    by_hand: float
    total: float
    waiting: tuple[str, ...]
    cells: tuple[str, ...]
    name: str = ""
    feedback: Path | None = None
    hints: frozenset[tuple[str, int]] = frozenset()
    penalty_waits: str = ""

    @property
    def student(self) -> str:
        """nbgrader's id."""
        return self.graded.student

    @property
    def referee_seconds(self) -> float:
        """How long the submission waited for its trainings."""
        return sum(t.wall for t in self.graded.timings if t.part is WorkPart.REFEREE_WAIT)


@dataclass(frozen=True)
class Complaint:
    """A message that several verdicts on a claim share, apart from its numbers.

    Attributes:
        message: the message of one of them.
        students: everyone who got it or one like it.
    """

    message: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClaimResult:
    """How the class did on one claim.

    Attributes:
        claim: the claim.
        counts: how many submissions had each outcome.
        complaints: the most frequent messages, most frequent first.
        others: how many students got another message.
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
    """The content of a report on one assignment.

    Attributes:
        assignment: its name.
        claims: in notebook order.
        max_score: points of all cells.
        target: the training accuracy that the assignment asks for; None if it asks for none.
        entries: the graded submissions, sorted by student.
        left_out: student and reason for each submission that is not among the entries.
        made: when the report was made.
        title: what people read in place of the name; empty: the name.
        description: what the assignment is about; or empty.
        hints: of its solution cells, if the course asks who has read them; else none.
    """

    assignment: str
    claims: tuple[Claim, ...]
    max_score: float
    target: float | None
    entries: tuple[Entry, ...]
    left_out: tuple[tuple[str, str], ...]
    made: datetime
    title: str = ""
    description: str = ""
    hints: tuple[CellHints, ...] = ()

    @property
    def heading(self) -> str:
        """What the report calls the assignment."""
        return self.title or self.assignment

    @property
    def graded(self) -> tuple[Graded, ...]:
        """The verdicts of every entry."""
        return tuple(entry.graded for entry in self.entries)

    @property
    def runs(self) -> tuple[tuple[str, Run], ...]:
        """Every training, with its student."""
        return tuple(
            (submission.student, run) for submission in self.graded for run in submission.runs
        )

    @property
    def claims_max(self) -> float:
        """Points of all claims."""
        return sum(claim.points for claim in self.claims)

    @property
    def median(self) -> float:
        """The median of the points for claims."""
        return statistics.median(entry.claims_score for entry in self.entries)

    @property
    def results(self) -> tuple[ClaimResult, ...]:
        """How the class did on each claim, in notebook order."""
        return tuple(_result(claim, self.graded) for claim in self.claims)

    @property
    def faults(self) -> tuple[tuple[str, Verdict], ...]:
        """Every grader fault without a person's decision, with its student.

        Those of the tests themselves are ``faulty_tests``.
        """
        return tuple(
            (submission.student, verdict)
            for submission in self.graded
            for verdict in submission.verdicts
            if verdict.outcome is Outcome.GRADER_FAULT
            and verdict.override is None
            and not verdict.fault
        )

    @property
    def faulty_tests(self) -> tuple[FaultyTest, ...]:
        """What is wrong with the tests, each fault once."""
        return faulty_tests(self.graded)

    @property
    def decided(self) -> tuple[tuple[str, Verdict], ...]:
        """Every verdict beside which a person's decision stands, with its student."""
        return tuple(
            (submission.student, verdict)
            for submission in self.graded
            for verdict in submission.verdicts
            if verdict.override is not None
        )

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """Submissions with an answer that is not graded yet."""
        return tuple(entry for entry in self.entries if entry.waiting)

    @property
    def undecided_penalties(self) -> tuple[Entry, ...]:
        """Submissions whose late penalty waits for a person."""
        return tuple(entry for entry in self.entries if entry.penalty_waits)

    @property
    def noted(self) -> tuple[tuple[str, str], ...]:
        """Every note on a notebook, with its student."""
        return tuple(
            (submission.student, note) for submission in self.graded for note in submission.notes
        )

    @property
    def notes(self) -> tuple[Complaint, ...]:
        """The notes on notebooks, each once with all its students; the most frequent first."""
        return _grouped(self.noted)

    @property
    def hint_uses(self) -> tuple[HintUse, ...]:
        """Every hint, with the students who have read it by their own account."""
        return uses(self.hints, {entry.student: entry.hints for entry in self.entries})

    @property
    def spread(self) -> tuple[float, float, float, float]:
        """Mean, lower and upper quartile, and lowest score of the points for claims."""
        scores = sorted(entry.claims_score for entry in self.entries)
        low, _, high = statistics.quantiles(scores, n=4) if len(scores) > 1 else scores * 3
        return statistics.fmean(scores), low, high, scores[0]

    def alike_code(self) -> tuple[Alike, ...]:
        """Submissions whose code is alike."""
        return similarity.of_code({entry.student: entry.cells for entry in self.entries})

    def alike_trainings(self) -> tuple[Alike, ...]:
        """Submissions whose trainings are alike."""
        return similarity.of_trainings(
            {submission.student: submission.runs for submission in self.graded}
        )


def _result(claim: Claim, graded: Sequence[Graded]) -> ClaimResult:
    verdicts = [(g.student, v) for g in graded for v in g.verdicts if v.claim == claim.name]
    commonest = _grouped([(s, v.message) for s, v in verdicts if v.outcome is not Outcome.PASSED])
    return ClaimResult(
        claim=claim,
        counts=Counter(verdict.outcome for _, verdict in verdicts),
        complaints=commonest[:_MESSAGES],
        others=sum(len(said.students) for said in commonest[_MESSAGES:]),
    )


def _grouped(said: Iterable[tuple[str, str]]) -> tuple[Complaint, ...]:
    """Messages, each with its student, as groups that differ in numbers alone."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for student, message in said:
        groups.setdefault(_pattern(message), []).append((student, message))
    return tuple(
        Complaint(group[0][1], tuple(student for student, _ in group))
        for group in sorted(groups.values(), key=len, reverse=True)
    )


def _pattern(message: str) -> str:
    """A message without its numbers, which differ between students with the same mistake."""
    return re.sub(r"\d+(?:\.\d+)?", "#", message)
