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
    it is your own code on your own machine. Verdicts are shown as they come; Ctrl-C ends the test
    and keeps them. The exit code is 0 only if every tested claim passed.

    Example: grader check mnist_998.ipynb
    """
    from rich.text import Text

    from grader.student.check import check as check_notebook
    from grader.student.check_text import Printed
    from grader.student.checked import Checked

    console = terminal()
    printed = Printed(console)

    def watch(known: Checked) -> None:
        printed.update(known)
        status.update(Text(f"Running {known.running} ..." if known.running else "Starting ..."))

    try:
        with console.status("Starting ...") as status:
            checked = check_notebook(notebook, watch)
            printed.update(checked)
    finally:  # after Ctrl-C, too
        printed.close()
    if not checked.passed:
        sys.exit(1)
