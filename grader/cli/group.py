"""The ``grader`` group: its options, its errors and the commands that it has."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from grader.cli import (
    appeals,
    authoring,
    cluster,
    course,
    endings,
    grading,
    lab,
    marking,
    referee,
    runs,
    status,
    student,
    watch,
)
from grader.cli.sections import SectionedGroup
from grader.errors import GraderError

# What people type who know nbgrader, and what it is called here.
_ELSEWHERE = {
    "autograde": "grader grade ASSIGNMENT",
    "collect": "nbgrader collect ASSIGNMENT",
    "fetch": "nbgrader fetch_assignment ASSIGNMENT",
    "generate_assignment": "grader release ASSIGNMENT",
    "generate_feedback": "grader feedback ASSIGNMENT",
    "submit": "nbgrader submit ASSIGNMENT",
    "validate": "grader check NOTEBOOK",
}


class OneLineErrors(SectionedGroup):
    """A group in which every command ends with one line on stderr where it cannot go on.

    The exit code is 2 after an error, and 130 after Ctrl-C.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say where a command of nbgrader's is, if that was typed."""
        if args and args[0] in _ELSEWHERE:
            ctx.fail(f"No such command '{args[0]}'. Use: {_ELSEWHERE[args[0]]}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what a person can put right becomes a line, a mistake of ours does not."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            _end(str(error))
        except KeyboardInterrupt:
            _end(endings.interrupted(ctx.invoked_subcommand), endings.INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:  # `| head` has seen enough
                raise
            _end(endings.of_system(error))
        except RuntimeError as error:
            if "start new thread" not in str(error):
                raise
            _end(endings.of_system(OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))))
        except endings.database_errors() as error:
            _end(endings.of_database(error))


def _end(line: str, code: int = 2) -> NoReturn:
    from grader.notebook.submission.file_rules import printable_text

    shown = "\n".join(map(printable_text, line.split("\n")))  # it may quote a name of a student's
    click.echo(f"grader: {shown}", err=True)
    sys.exit(code)


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
    marking.mark,
    referee.referee,
    cluster.scheduler,
    cluster.worker,
    runs.runs,
    status.status,
    student.check,
):
    main.add_command(command)
