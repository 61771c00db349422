"""What most commands need; each helper imports what it uses, so that the command starts fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from grader.settings import Settings


sandbox_option = click.option(
    "--sandbox",
    type=click.Choice(["bubblewrap", "none"]),
    help="Replaces the configured sandbox. none runs code unprotected: only for trusted files.",
)


def load_course(folder: Path, sandbox: str | None = None) -> Settings:
    """The settings of the course in ``folder``, whose language is used from now on.

    ``sandbox`` replaces the configured kind.
    """
    from grader import language, settings

    course = settings.load(folder, sandbox)
    language.use(course.language)
    return course


_PIPE_WIDTH = 1_000_000  # so that no line breaks in a pipe or a file


def terminal() -> Console:
    """A console for tables and progress bars, to which names and keys are text and not markup."""
    from rich.console import Console

    console = Console(markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    return console


@contextmanager
def counting(step: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, within ``with``; yields what is told how many are done, and of how many.

    Elsewhere nothing is shown, and nothing stays on the terminal either.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = terminal()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_interactive)
    with bar:
        task = bar.add_task(step, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
