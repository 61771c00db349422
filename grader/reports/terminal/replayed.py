"""A submission that was judged once more with the same seeds, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Question, Replayed
from grader.reports.terminal.explanation import question_lines
from grader.reports.terminal.output_table import indented
from grader.reports.terminal.plain import plain


def replayed(claims: Sequence[Replayed]) -> RenderableType:
    """Each claim: whether questions, answers and verdict are the same, and where not."""
    parts = [part for claim in claims for part in _claim(claim)]
    same = sum(claim.same for claim in claims)
    return Group(*parts, Text(f"{same} of {len(claims)} claims are the same.", "bold"))


def _claim(claim: Replayed) -> Iterator[RenderableType]:
    verdict = str(claim.now) if claim.then is claim.now else f"{claim.then} then, {claim.now} now"
    count = f"{claim.count} question{'' if claim.count == 1 else 's'}"
    asked = "the same" if claim.same_questions else "other questions"
    answered = "the same answers" if claim.same_answers else "other answers"
    said = f"{claim.claim}: {verdict}; {count}, {asked}; {answered}"
    yield plain(said, "" if claim.same else "bold red")
    if claim.then_asked is not None and claim.now_asked is not None:
        yield from _was("then", claim.then_asked, claim.number)
        yield from _was("now", claim.now_asked, claim.number)


def _was(when: str, question: Question, number: int) -> Iterator[RenderableType]:
    yield indented(Text(f"{when}:", "dim"), 2)
    for line in question_lines(question, number):
        yield indented(line, 2)
