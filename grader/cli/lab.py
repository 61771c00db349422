"""The command that opens the course in JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.context import load_course


@click.command(short_help="Open the course in JupyterLab, as a student and as an instructor.")
@click.option(
    "--as",
    "only",
    type=click.Choice(["instructor", "student"]),
    help="Open only this role; default: both.",
)
@click.option(
    "--port",
    type=click.IntRange(1024, 65534),
    default=8888,
    show_default=True,
    help="Port of the instructor's JupyterLab; the student's is the next one.",
)
@click.option(
    "--browser/--no-browser", default=True, help="Open a browser, or only print the addresses."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("lab"),
    show_default=True,
    help="Folder of the lab; an earlier lab in it is continued.",
)
@click.option("--fresh", is_flag=True, help="Start over and delete an earlier lab in the folder.")
@click.pass_obj
def lab(course: Path, /, folder: Path, **how: Any) -> None:
    """Open a copy of the course in JupyterLab, with an exchange and submissions of a class.

    The course's folder and the Jupyter settings of this account are neither used nor changed.

    Example: grader lab --as student --port 9000
    """
    from grader.lab import open_lab

    open_lab(load_course(course), folder, click.echo, **how)
