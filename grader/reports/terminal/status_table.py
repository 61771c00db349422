"""Where a class stands, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import humanize
from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Score
from grader.reports.terminal.output_table import OutputTable
from grader.reports.terminal.plain import plain

_NAMED = 20  # students who handed in nothing


@dataclass(frozen=True)
class StatusRow:
    """A submission in a table.

    Attributes:
        student: nbgrader's id.
        handed_in: when; None where nobody noted it.
        late: by how much; zero if not.
        stage: what it waits for.
        style: of the stage.
        why: more on that.
        score: None before the first grading.
    """

    student: str
    handed_in: datetime | None
    late: timedelta
    stage: str
    style: str
    why: str
    score: Score | None


def submissions_table(
    assignment: str, rows: Sequence[StatusRow], missing: Sequence[str], summary: str
) -> RenderableType:
    """A row for each student who handed in, then who did not, and what it comes to."""
    table = OutputTable(title=plain(assignment), title_justify="left", title_style="bold")
    for name in ("student", "handed in", "late", "score", "status"):
        right = name == "score"
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        said = Text(row.stage, row.style)
        table.add_row(
            plain(row.student),
            moment(row.handed_in),
            humanize.naturaldelta(row.late) if row.late else "",
            str(row.score) if row.score else "",
            said.append_text(plain(f": {row.why}", "")) if row.why else said,
        )
    return Group(table, *_missing(missing), plain(summary))


def _missing(students: Sequence[str]) -> list[Text]:
    if not students:
        return []
    more = f" and {len(students) - _NAMED} more (--json)" if len(students) > _NAMED else ""
    return [plain(f"Handed in nothing: {', '.join(students[:_NAMED])}{more}", "dim")]


def assignments_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
    """A row for each assignment: its name, when it is due, and a number for each of ``heads``."""
    table = OutputTable()
    table.add_column("assignment", overflow="fold")
    table.add_column("due")
    for head in heads:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    return table


def moment(when: datetime | None) -> str:
    """A moment in the local zone; empty where it is not known."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}" if when else ""
