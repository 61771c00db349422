"""The ``grader`` command: parses, calls, prints."""

from __future__ import annotations

import sys

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
