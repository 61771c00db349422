"""The command that opens the page for marking by hand."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from grader.cli.context import load_course


@click.command(short_help="Mark the written answers of a class, side by side.")
@click.argument("assignment")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of this machine to listen on; default: any that is free.",
)
@click.option(
    "--browser/--no-browser", default=True, help="Open a browser, or only print the address."
)
@click.pass_obj
def mark(course: Path, assignment: str, port: int, browser: bool) -> None:
    """Open a page with all answers to a written question of ASSIGNMENT, to be marked by keyboard.

    Points and comments go into nbgrader's gradebook, so the formgrader shows the same. Only this
    machine reaches the page, by the address that is printed. Ctrl-C ends it.

    Example: grader mark mnist_998
    """
    from grader.marking.server import serve

    def opened(address: str) -> None:
        click.echo(f"Mark {assignment} at {address}\nCtrl-C ends this; what was saved is kept.")
        if browser:
            webbrowser.open(address)

    serve(load_course(course), assignment, port, opened)
    click.echo()
