"""A table with a row for each name and a mark for each claim, at any width.

Where it fits, each claim has a column. On a narrower terminal the marks stand in groups of five, on
as many lines as it takes. Names are never cut, since cut names may be alike. In a pipe or a file
each row is one line with tabs, and outcomes are words.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from grader.reports.terminal.output_table import tabbed
from grader.reports.terminal.plain import plain

_GROUP = 5  # marks without a blank in between
_FRAME = 3  # cells that a column takes beside its content: two blanks and a line
_NAME_LEAST = 8  # cells for names on a terminal that is too narrow


@dataclass(frozen=True)
class ClaimRow:
    """One row.

    Attributes:
        name: of the student, or of what else the row is about.
        before: cells between the name and the marks.
        marks: one for each claim, of one or two characters; empty where there is none.
        after: cells behind the marks.
        words: what each mark says, for a pipe.
    """

    name: str
    before: tuple[Text, ...]
    marks: tuple[Text, ...]
    after: tuple[Text, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class ClaimTable:
    """The table.

    Attributes:
        title: above it.
        claims: names of the claims, in the order of the marks.
        heads: of the columns for the name, before and after the marks.
        rows: see ``ClaimRow``; each has as many cells as ``heads`` says.
        words_last: whether the cells behind the marks are words, and not numbers.
    """

    title: str
    claims: Sequence[str]
    heads: tuple[str, tuple[str, ...], tuple[str, ...]]
    rows: Sequence[ClaimRow]
    words_last: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich to draw the table."""
        if not options.is_terminal:
            yield from self._lines()
        elif self._wide() <= options.max_width:
            yield self._with_columns()
        else:
            yield self._with_groups(options.max_width)

    def _lines(self) -> RenderResult:
        name, before, after = self.heads
        yield tabbed([self.title])
        yield tabbed([name, *before, *self.claims, *after])
        for row in self.rows:
            yield tabbed([plain(row.name), *row.before, *row.words, *row.after])

    def _with_columns(self) -> Table:
        table, (_, _, after) = self._begun(), self.heads
        for number in range(1, len(self.claims) + 1):
            table.add_column(str(number), justify="center", no_wrap=True)
        for head in after:
            table.add_column(head, justify="left" if self.words_last else "right", no_wrap=True)
        for row in self.rows:
            table.add_row(plain(row.name), *row.before, *row.marks, *row.after)
        return table

    def _with_groups(self, width: int) -> Table:
        across, name_width = self._groups_across(width)
        table, (_, _, after) = self._begun(name_width), self.heads
        table.add_column(Text("\n").join(self._numbers(across)), no_wrap=True)
        for head in after:
            table.add_column(head, justify="left" if self.words_last else "right", no_wrap=True)
        for row in self.rows:
            marks = Text("\n").join(self._grouped(row.marks, across)) if any(row.marks) else Text()
            table.add_row(plain(row.name), *row.before, marks, *row.after)
        return table

    def _begun(self, name_width: int | None = None) -> Table:
        """The table up to the column before the marks."""
        name, before, _ = self.heads
        table = Table(title=plain(self.title), title_justify="left", title_style="bold")
        table.add_column(name, overflow="fold", width=name_width)
        for head in before:
            table.add_column(head, justify="right", no_wrap=True)
        return table

    def _wide(self) -> int:
        """Cells that the table takes with a column for each claim."""
        marks = (
            max(len(str(number)), *(row.marks[number - 1].cell_len for row in self.rows), 0)
            for number in range(1, len(self.claims) + 1)
        )
        columns = 1 + len(self._beside()) + len(self.claims)
        return self._names() + sum(self._beside()) + sum(marks) + columns * _FRAME + 1

    def _names(self) -> int:
        return max([cell_len(self.heads[0]), *(plain(row.name).cell_len for row in self.rows)])

    def _beside(self) -> list[int]:
        """Widths of the columns beside names and marks."""
        _, before, after = self.heads
        cells = zip(*((*row.before, *row.after) for row in self.rows), strict=True)
        shown = list(cells) or [()] * len((*before, *after))
        return [
            max([cell_len(head), *(cell.cell_len for cell in column)])
            for head, column in zip((*before, *after), shown, strict=True)
        ]

    @functools.cached_property
    def _mark_width(self) -> int:
        return max([1, *(mark.cell_len for row in self.rows for mark in row.marks)])

    def _groups_across(self, width: int) -> tuple[int, int]:
        """How many groups stand on a line, and the cells for names: so that rows are lowest."""
        free = width - sum(self._beside()) - _FRAME * (2 + len(self._beside())) - 1
        groups = max(1, math.ceil(len(self.claims) / _GROUP))
        longest = self._names()
        names = [max(1, plain(row.name).cell_len) for row in self.rows]
        choices = []
        for across in range(groups, 0, -1):
            room = min(longest, free - across * (_GROUP * self._mark_width + 1) + 1)
            if room >= min(longest, _NAME_LEAST) or across == 1:
                room, lines = max(room, 1), math.ceil(groups / across)
                height = sum(max(lines, math.ceil(name / room)) for name in names)
                choices.append((height, lines, across, room))
        _, _, across, room = min(choices)
        return across, room

    def _numbers(self, across: int) -> Iterator[Text]:
        """The head of the marks: the number of each group's first claim."""
        width = _GROUP * self._mark_width
        numbers = [f"{n:<{width}}" for n in range(1, len(self.claims) + 1, _GROUP)]
        for first in range(0, len(numbers), across):
            yield Text(" ".join(numbers[first : first + across]))

    def _grouped(self, marks: Sequence[Text], across: int) -> Iterator[Text]:
        cells = [mark.copy() for mark in marks]
        for cell in cells:
            cell.pad_right(self._mark_width - cell.cell_len)
        starts = range(0, len(cells), _GROUP)
        groups = [Text().join(cells[start : start + _GROUP]) for start in starts]
        for first in range(0, len(groups), across):
            yield Text(" ").join(groups[first : first + across])
