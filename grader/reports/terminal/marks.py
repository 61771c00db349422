"""Outcomes as single letters, and the legends of tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.columns import Columns
from rich.console import RenderableType
from rich.text import Text

from grader.model import Claim, Outcome
from grader.reports.terminal.plain import plain

# A letter besides the colour: tables are also read in logs, on paper, and by the colour-blind.
MARKS = {
    Outcome.PASSED: ("+", "green"),
    Outcome.FAILED: ("F", "red"),
    Outcome.CRASHED: ("C", "magenta"),
    Outcome.OVER_LIMIT: ("L", "yellow"),
    Outcome.NOT_ATTEMPTED: ("-", "dim"),
    Outcome.GRADER_FAULT: ("?", "bold cyan"),
}


def columns_legend(claims: Sequence[Claim]) -> RenderableType:
    """The legend of the numbers at the head of a table."""
    named = (f"{n} {claim.name} ({claim.points:g})" for n, claim in enumerate(claims, 1))
    return Columns([plain(each, "dim") for each in named], padding=(0, 2))


def marks_legend(*more: tuple[str, str]) -> RenderableType:
    """What the letters of ``MARKS`` stand for, and what ``more`` signs with their meanings do."""
    marks = [Text(*mark).append(f" {outcome}", "") for outcome, mark in MARKS.items()]
    marks += [Text.assemble((sign, "bold"), f" {meaning}") for sign, meaning in more]
    return Columns(marks, padding=(0, 2))
