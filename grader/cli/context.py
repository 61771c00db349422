"""What most commands need; each helper imports what it uses, so that the command starts fast."""

from __future__ import annotations

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
