"""Shows how data sets are fetched: lines that stay, and on a terminal a progress bar below them."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.text import Text


class Terminal:
    """One bar and the lines above it; without a terminal, the lines alone."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(markup=False, emoji=False)
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("", total=None)

    def __enter__(self) -> Self:
        """Show the bar."""
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the bar, also after an error."""
        self.bar.stop()

    def say(self, line: str) -> None:
        """Write a line that stays."""
        self.console.print(Text(line), soft_wrap=True)

    def begin(self, step: str) -> None:
        """Name what is going on; how much of it there is, is not known yet."""
        self.bar.reset(self.task, description=step, total=None)

    def report(self, done: int, total: int | None) -> None:
        """Show how many bytes have come. See ``source.Report``."""
        self.bar.update(
            self.task, completed=done if total is None else min(done, total), total=total
        )
