"""The content of a feedback page, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language import N_
from grader.model import Claim, Outcome, Run, Timing, WorkPart
from grader.reports import same_causes

# Parts of the work as the grader measures them, and as students read them.
_PARTS = {
    N_("starting Python"): (WorkPart.KERNEL_START, WorkPart.COLD_KERNEL_START),
    N_("running your cells"): (WorkPart.STUDENT_CELLS,),
    N_("waiting for your trainings"): (WorkPart.REFEREE_WAIT,),
    N_("testing your work"): (WorkPart.EXAMINING,),
}

_BRIEF = 1.0  # seconds that are not worth saying; a shorter part of grading is "everything else"
_WHOLE = 30.0  # seconds of grading from which on it is told where they went


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict and its grade.

    Attributes:
        claim: the statement, its hint and points, and the cells that it depends on.
        outcome: the grader's verdict.
        message: what was found and expected; empty if the claim passed.
        score: the score in the gradebook; None while it waits for a person.
        by_hand: whether a person gave or changed the score.
        seconds: how long the test took.
        decision: why a person decided on other points than the verdict's; empty if nobody did.
        decided: the day of that decision.
    """

    claim: Claim
    outcome: Outcome
    message: str
    score: float | None
    by_hand: bool = False
    seconds: float = 0.0
    decision: str = ""
    decided: str = ""

    @property
    def earned(self) -> float:
        """The score; 0 while it waits for a person."""
        return self.score or 0.0

    @property
    def lost(self) -> bool:
        """Whether the student has something to correct: not after a decision for all points."""
        full = bool(self.decision) and self.earned >= self.claim.points
        return not full and self.outcome not in (Outcome.PASSED, Outcome.GRADER_FAULT)

    @property
    def hint(self) -> str:
        """The claim's hint; empty if the claim passed or the message says the same."""
        return self.claim.hint if self.lost and self.claim.hint not in self.message else ""

    @property
    def told_message(self) -> str:
        """The message, if other claims may have been lost for the same cause; else empty."""
        return "" if self.outcome is Outcome.NOT_ATTEMPTED else self.message

    @property
    def slow(self) -> bool:
        """Whether the time of its test is worth saying: where that is what it was lost for."""
        return self.outcome is Outcome.OVER_LIMIT and self.seconds >= _BRIEF


@dataclass(frozen=True)
class Shown:
    """An output of a student's cell.

    Attributes:
        text: plain text, or which cell drew the picture.
        png: the picture in base64; empty for text.
        warning: whether it was written to stderr.
    """

    text: str
    png: str = ""
    warning: bool = False


@dataclass(frozen=True)
class Answer:
    """A cell that the student filled in.

    Attributes:
        name: the cell's ``grade_id``.
        written: whether it is a written answer, not code.
        source: the cell's text: code, or an answer as markup that is known to be safe.
        outputs: the cell's outputs when it was graded.
        comment: the instructor's comment as such markup, or empty. Mere text is escaped.
        points: the points of the cell itself; None if claims judge it.
        score: the score that a person gave; None before that.
    """

    name: str
    written: bool
    source: str
    outputs: tuple[Shown, ...] = ()
    comment: str = ""
    points: float | None = None
    score: float | None = None

    @property
    def title(self) -> str:
        """The name as a heading."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Preliminary:
    """What a page says that is made before the class is graded.

    Attributes:
        handed_in: when the version that was tested was handed in, in words.
        tested: when it was tested, in words.
        again: when the next version is tested, in a sentence.
        hidden: a sentence on hidden tests; empty where the assignment has none.
        hidden_claims: a statement and its outcome for each hidden claim, where they are told.
        part_hidden: names of the claims that a hidden part belongs to, which was not tested.
    """

    handed_in: str
    tested: str
    again: str
    hidden: str = ""
    hidden_claims: tuple[tuple[str, Outcome], ...] = ()
    part_hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    """The content of one student's feedback on one assignment.

    Attributes:
        assignment: its name.
        student: nbgrader's id.
        student_name: first and last name, or empty.
        score: score of all cells, minus the late penalty.
        max_score: points of all cells.
        late_penalty: in points; 0 for none.
        claims: in notebook order.
        answers: in notebook order.
        notes: remarks on the notebook, such as missing cells.
        pictures: pictures drawn by cells that are not answers, in notebook order.
        without_experiments: whether experiments were left out of the run.
        runs: the referee's trainings for the student.
        target: the training accuracy that the assignment asks for; None if it asks for none.
        seconds: how long grading took in all.
        timings: how long each part of it took.
        preliminary: None for feedback on graded work. Else the page shows no sum of points.
        title: what people read in place of the assignment's name; empty: the name.
        description: what it is about; or empty.
        handed_in: when the work was handed in, and how late, in a sentence; or empty.
    """

    assignment: str
    student: str
    student_name: str
    score: float
    max_score: float
    late_penalty: float
    claims: tuple[Judged, ...]
    answers: tuple[Answer, ...]
    notes: tuple[str, ...] = ()
    pictures: tuple[Shown, ...] = ()
    without_experiments: bool = False
    runs: tuple[Run, ...] = ()
    target: float | None = None
    seconds: float = 0.0
    timings: tuple[Timing, ...] = ()
    preliminary: Preliminary | None = None
    title: str = ""
    description: str = ""
    handed_in: str = ""

    @property
    def heading(self) -> str:
        """What the page calls the assignment."""
        return self.title or self.assignment

    @property
    def passed(self) -> int:
        """How many claims passed."""
        return sum(judged.outcome is Outcome.PASSED for judged in self.claims)

    @property
    def by_hand(self) -> tuple[Answer, ...]:
        """The answers that a person grades."""
        return tuple(answer for answer in self.answers if answer.points is not None)

    @property
    def waiting(self) -> float:
        """The points that a person still has to decide on."""
        claims = (each.claim.points for each in self.claims if each.score is None)
        return sum(claims) + sum(a.points or 0.0 for a in self.by_hand if a.score is None)

    @property
    def tellers(self) -> tuple[int, ...]:
        """For each claim the number, from 1, of the one that tells why it was lost."""
        first = same_causes.first_tellers([each.told_message for each in self.claims])
        return tuple(place + 1 for place in first)

    @property
    def messages(self) -> tuple[str, ...]:
        """The message of each claim; of several with the same cause the fullest one."""
        fullest = same_causes.fullest([each.told_message for each in self.claims])
        return tuple(full or each.message for full, each in zip(fullest, self.claims, strict=True))

    @property
    def spent(self) -> tuple[tuple[str, float], ...]:
        """How long each part of grading took: what students call it, and seconds; none if brief."""
        if self.seconds < _WHOLE:
            return ()
        walls = {timing.part: timing.wall for timing in self.timings}
        sums = ((words, sum(walls.get(p, 0.0) for p in parts)) for words, parts in _PARTS.items())
        named = [(words, wall) for words, wall in sums if wall >= _BRIEF]
        rest = max(0.0, self.seconds - sum(wall for _, wall in named))
        return (*named, (N_("everything else"), rest))


@dataclass(frozen=True)
class Notice:
    """A page that says why there is no feedback yet, or none.

    Attributes:
        assignment: what it is called on pages.
        student: nbgrader's id.
        title: what there is to say, in a few words.
        sentences: the rest.
    """

    assignment: str
    student: str
    title: str
    sentences: tuple[str, ...]
