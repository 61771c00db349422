"""The command that students run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.context import terminal


@click.command(short_help="Check your own notebook, without training.")
@click.argument("notebook", type=click.Path(path_type=Path, dir_okay=False))
def check(notebook: Path) -> None:
    """Test every claim that NOTEBOOK shows, except those that need a training.

    For students. The cells that the claims depend on run in an ordinary kernel, without a sandbox:
    it is your own code on your own machine. The exit code is 0 only if every tested claim passed.

    Example: grader check mnist_998.ipynb
    """
    from rich.text import Text

    from grader.model import Outcome
    from grader.student.check import check as check_notebook
    from grader.student.check import check_table

    console = terminal()
    with console.status("Starting ...") as status:
        checked = check_notebook(notebook, lambda cell: status.update(Text(f"Running {cell} ...")))
    console.print(check_table(checked))
    if any(verdict.outcome is not Outcome.PASSED for verdict in checked.verdicts):
        sys.exit(1)
