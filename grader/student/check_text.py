"""The table of a check as text, for terminals: it wraps at their width, and not in a pipe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from grader.language import gettext
from grader.reports.terminal.marks import MARKS
from grader.reports.terminal.output_table import indented
from grader.reports.terminal.plain import lines, plain
from grader.student.checked import NOT_TESTED, RUNNING, Checked, Row, rows, totals

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH = 80  # where nobody says how wide a line may be
_LABEL = 15  # characters of the longest English label, and a blank
_STYLES: dict[str, str] = {outcome: style for outcome, (_, style) in MARKS.items()}


def row_text(row: Row) -> RenderableType:
    """A line with outcome, points and claim; below it what was found, and the hint."""
    from rich.console import Group
    from rich.text import Text

    label = Text(f"{row.words + ' ':<{_LABEL}}", _STYLES.get(row.label, "dim"))
    head = Text.assemble(label, f"{row.score:>7}  ", plain(row.claim.name, "bold"))
    hint = gettext("Hint:")
    below = [row.message, f"{hint} {row.hint}" if row.hint else ""]
    return Group(head, *(indented(lines(each), 4) for each in below if each))


def totals_text(checked: Checked) -> RenderableType:
    """The sums, a line each."""
    from rich.text import Text

    return Text("\n").join(plain(line) for line in ("", *totals(checked)))


class Printed:
    """Prints a check's table to a console row by row, as verdicts come.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._known: Checked | None = None
        self._rows = 0

    def update(self, known: Checked) -> None:
        """Print the rows that are settled now."""
        if self._known is None:
            self._console.print(plain(known.name, "bold"))
        self._known = known
        for row in rows(known)[self._rows :]:
            if row.label in (RUNNING, NOT_TESTED):
                return
            self._row(row)

    def close(self) -> None:
        """Print the rows that are left, as they are, and the sums."""
        if self._known is not None:
            ended = replace(self._known, running="")
            for row in rows(ended)[self._rows :]:
                self._row(row)
            self._console.print(totals_text(ended))

    def _row(self, row: Row) -> None:
        self._console.print(row_text(row))
        self._rows += 1


def check_text(checked: Checked, width: int = _WIDTH) -> str:
    """All of it without colours, in lines of a width."""
    from rich.console import Console

    console = Console(width=width, markup=False, emoji=False, color_system=None)
    with console.capture() as captured:
        console.print(plain(checked.name))
        for row in rows(checked):
            console.print(row_text(row))
        console.print(totals_text(checked))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
