"""The ``grader`` group: its options, its errors and the commands that it has."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from grader.cli import (
    appeals,
    authoring,
    cluster,
    course,
    grading,
    lab,
    referee,
    runs,
    status,
    student,
    watch,
)
from grader.errors import GraderError


class OneLineErrors(click.Group):
    """A group in which a ``GraderError`` of any command is one line on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a ``GraderError`` becomes its message."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            click.echo(f"grader: {error}", err=True)
            sys.exit(2)


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grader")
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The course's folder; default: the current folder.",
)
@click.pass_context
def main(context: click.Context, course: Path) -> None:
    """Release, grade and analyse the exercises of the course.

    Example: grader --course /srv/course grade mnist_998
    """
    # nbgrader starts alembic as a program. It is installed next to this Python, whose folder is
    # not on the path where the environment is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    context.obj = course


for command in (
    *course.COMMANDS,
    *grading.COMMANDS,
    *appeals.COMMANDS,
    *watch.COMMANDS,
    *authoring.COMMANDS,
    lab.lab,
    referee.referee,
    cluster.scheduler,
    cluster.worker,
    runs.runs,
    status.status,
    student.check,
):
    main.add_command(command)
