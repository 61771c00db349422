"""The feedback page: its data as frozen dataclasses, and their rendering as one HTML file."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Claim, Outcome, Run, Timing
from grader.reports import html, plot, trainings

# A sign and words besides the colour: pages are also printed, and read without colour vision.
WORDS = {
    Outcome.PASSED: ("✓", "passed"),
    Outcome.FAILED: ("✗", "failed"),
    Outcome.CRASHED: ("✗", "crashed: the code ended with an error"),
    Outcome.OVER_LIMIT: ("✗", "over a limit: the code took too much time or memory"),
    Outcome.NOT_ATTEMPTED: ("○", "not attempted"),
    Outcome.GRADER_FAULT: ("?", "could not be graded: not your fault, a person will look at it"),
}

# Parts of the work as the grader measures them, and as students read them.
_PARTS = {
    "starting the kernel": "starting Python",
    "following the student's cells": "running your cells",
    "waiting for the referee": "waiting for your trainings",
    "examining": "testing your work",
}


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict and its grade.

    Attributes:
        claim: the statement, its hint and points, and the cells that it rests on.
        outcome: the grader's verdict.
        message: what was found and expected; empty if passed.
        score: what the gradebook holds; None while it waits for a person.
        by_hand: whether a person gave or changed the score.
        seconds: that the test took.
    """

    claim: Claim
    outcome: Outcome
    message: str
    score: float | None
    by_hand: bool = False
    seconds: float = 0.0

    @property
    def earned(self) -> float:
        """The score as far as it is known."""
        return self.score or 0.0

    @property
    def lost(self) -> bool:
        """Whether there is something for the student to put right."""
        return self.outcome not in (Outcome.PASSED, Outcome.GRADER_FAULT)

    @property
    def hint(self) -> str:
        """The claim's hint where it helps: not on success, and not twice."""
        return self.claim.hint if self.lost and self.claim.hint != self.message else ""


@dataclass(frozen=True)
class Shown:
    """An output of a student's cell.

    Attributes:
        text: plain text, or where the picture comes from.
        png: a picture in base64, else empty.
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
        written: whether it is text for a person to read, and no code.
        source: the cell's text.
        outputs: what it put out when it was graded.
        comment: the grader's, or empty.
        points: what the cell itself is worth, None if claims judge it.
        score: what a person gave, None if nobody did yet.
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
        """The name as a heading reads it."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Page:
    """What one student's feedback on one assignment says.

    Attributes:
        assignment: its name.
        student: nbgrader's id.
        student_name: first and last name, or empty.
        score: of all cells, late penalty taken off.
        max_score: of all cells.
        late_penalty: in points; 0 for none.
        claims: in notebook order.
        answers: in notebook order.
        notes: what was odd about the notebook, in words.
        pictures: that cells drew which are no answers, in notebook order.
        runs: what the referee trained for the student.
        target: the training accuracy that the assignment asks for; None: it asks for none.
        seconds: that grading took in all.
        timings: where they went.
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
    runs: tuple[Run, ...] = ()
    target: float | None = None
    seconds: float = 0.0
    timings: tuple[Timing, ...] = ()

    @property
    def passed(self) -> int:
        """How many claims passed."""
        return sum(one.outcome is Outcome.PASSED for one in self.claims)

    @property
    def by_hand(self) -> tuple[Answer, ...]:
        """Answers that a person grades."""
        return tuple(answer for answer in self.answers if answer.points is not None)

    @property
    def waiting(self) -> int:
        """How many scores are still to come, from a person."""
        scores = [*(one.score for one in self.claims), *(one.score for one in self.by_hand)]
        return scores.count(None)

    @property
    def spent(self) -> tuple[tuple[str, float], ...]:
        """Where the time went, in words and seconds; what is not named is the grader's own."""
        walls = {one.part: one.wall for one in self.timings}
        named = [(words, walls.get(part, 0.0)) for part, words in _PARTS.items()]
        rest = max(0.0, self.seconds - sum(wall for _, wall in named))
        return (*named, ("everything else", rest))


def render(page: Page) -> str:
    """The page as one HTML document."""
    return html.render(
        "feedback.html.j2",
        "feedback.css",
        page=page,
        words=WORDS,
        cells={answer.name: number for number, answer in enumerate(page.answers, 1)},
        plots=[plot.plot(run, page.target) for run in page.runs],
        size=(plot.WIDTH, plot.HEIGHT),
        tell=trainings,
    )
