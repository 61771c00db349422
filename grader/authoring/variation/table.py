"""The choices of an exercise on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult

from grader.authoring.variation.vary import Varied
from grader.reports.terminal.output_table import OutputTable
from grader.reports.terminal.plain import plain


@dataclass(frozen=True)
class ChoicesTable:
    """A row for each choice: what it is, what the course came with, and what the source says.

    Attributes:
        assignment: its name.
        varied: the choices.
    """

    assignment: str
    varied: Sequence[Varied]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich to draw the table."""
        table = OutputTable(
            title=plain(f"{self.assignment}: what may change"), title_justify="left",
            title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False,
        )  # fmt: skip
        for name in ("choice", "what it is", "original", "now", "others"):
            table.add_column(name, overflow="fold")
        for each in self.varied:
            versions = [_short(each, number) for number in range(len(each.choice.texts))]
            others = (text for number, text in enumerate(versions) if number not in (0, each.after))
            now = plain(versions[each.after], "bold" if each.after else "")
            about = plain(each.choice.about)
            table.add_row(
                plain(each.name), about, plain(versions[0]), now, plain("; ".join(others))
            )
        yield table
        yield from (plain(line) for line in self._elsewhere())

    def _elsewhere(self) -> Iterator[str]:
        for each in self.varied:
            if each.choice.also and each.after != each.before:
                yield f"{each.name}: {each.choice.also}"


def _short(each: Varied, version: int) -> str:
    """A version by the first of its texts, in one line."""
    text = " ".join(each.choice.texts[version][0].split())
    mirrored = " (mirrored)" if each.choice.mirrored and each.choice.mirrored[version] else ""
    return (text if len(text) <= 24 else f"{text[:23]}…") + mirrored
