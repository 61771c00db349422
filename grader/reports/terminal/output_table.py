"""A table that is a box on a terminal, and elsewhere lines with tabs for ``grep`` and ``cut``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text


class OutputTable(Table):
    """rich's table; in a pipe or a file it has no width, and each row is one line.

    Cells are text; a line end in a cell becomes a blank there.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich to draw the table."""
        if options.is_terminal:
            yield from super().__rich_console__(console, options)
            return
        if self.title:
            yield tabbed([self.title if isinstance(self.title, Text) else str(self.title)])
        if self.show_header:
            yield tabbed(column.header for column in self.columns)
        for row in zip(*(column.cells for column in self.columns), strict=True):
            yield tabbed(row)


def grid(columns: int = 2) -> OutputTable:
    """A table without box and header, for lists of a few words and a text."""
    table = OutputTable(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False, show_edge=False
    )
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


@dataclass(frozen=True)
class Indented:
    """Text that stands some cells to the right; in a pipe without blanks behind it."""

    shown: Text
    cells: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        if options.is_terminal:
            yield Padding(self.shown, (0, 0, 0, self.cells), expand=False)
            return
        for line in self.shown.plain.split("\n"):
            yield Text(f"{' ' * self.cells}{line}".rstrip())


def indented(shown: Text | Indented, cells: int) -> Indented:
    """What stands so far to the right."""
    if isinstance(shown, Indented):
        return Indented(shown.shown, shown.cells + cells)
    return Indented(shown, cells)


def tabbed(cells: Iterable[RenderableType]) -> Segment:
    """One line of cells with tabs in between; rich would replace tabs in its texts by blanks."""
    return Segment("\t".join(" ".join(_plain(cell).split()) for cell in cells) + "\n")


def _plain(cell: RenderableType) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


@dataclass(frozen=True)
class TerminalOnly:
    """What is shown on a terminal alone, as the legend of signs that a pipe does not get."""

    shown: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        if options.is_terminal:
            yield self.shown
