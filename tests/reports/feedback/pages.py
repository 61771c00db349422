"""A made-up student's page, for tests."""

from __future__ import annotations

import dataclasses

from grader.model import Claim, Outcome, Run, Timing, WorkPart
from grader.reports.feedback.content import Answer, Judged, Page, Shown
from grader.reports.feedback.html_page import render
from tests.pages import Reader
from tests.reports.classes import run

DRAWN = Shown("Picture drawn by cell 7", "AAAA")
EVIL = "<script>alert(1)</script>\"' onload=alert(1) {{ 7 * 7 }}"


def judged(outcome: Outcome, **changes: object) -> Judged:
    claim = Claim(outcome.name, 2, f"the claim {outcome.name}", "the hint", ("add", "gone"))
    score = {Outcome.PASSED: 2.0, Outcome.GRADER_FAULT: None}.get(outcome, 0.0)
    return dataclasses.replace(Judged(claim, outcome, "the message", score), **changes)


PAGE = Page(
    assignment="sums",
    student="ada",
    student_name="Ada Lovelace",
    score=3.5,
    max_score=17,
    late_penalty=1,
    claims=tuple(judged(outcome) for outcome in Outcome),
    answers=(
        Answer("add", False, "def add():\n    return 1", (Shown("42"), Shown("!", warning=True))),
        Answer("written_answer", True, "because", comment="well said", points=5, score=2.5),
    ),
    notes=("cell total is missing",),
    pictures=(DRAWN, Shown("[Picture 2 of cell 9 was left out]")),
    runs=(
        run(2_772_362, 6),
        run(54_000, 3, stopped=False),
        Run("", ({"loss": 0.5},), (1,), (), 1, False),
    ),
    target=0.998,
    seconds=100.0,
    timings=(
        Timing(WorkPart.REFEREE_WAIT, 60.0, 0.0),
        Timing(WorkPart.EXAMINING, 15.0, 4.0),
        Timing(WorkPart.OUTPUT_CLEANING, 1.0, 1.0),
    ),
)


def text(page: Page) -> str:
    """What a reader sees, words only."""
    return " ".join(Reader.of(render(page)).text.split())
