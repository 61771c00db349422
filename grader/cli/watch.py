"""The command that answers students while they work."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.context import load_course, sandbox_option


@click.command(short_help="Test what students hand in, and answer within seconds.")
@click.argument("assignments", nargs=-1)
@click.option("--once", is_flag=True, help="Test what has arrived, and end.")
@click.option("--json", "as_json", is_flag=True, help="Log one JSON object a line.")
@click.option(
    "--workers",
    type=int,
    metavar="N",
    help="Test N submissions at once; default: as many as cores and memory allow.",
)
@click.option("--print-unit", is_flag=True, help="Print a systemd unit for this course, and end.")
@sandbox_option
@click.pass_obj
def watch(
    course: Path,
    /,
    *,
    assignments: tuple[str, ...],
    once: bool,
    as_json: bool,
    workers: int | None,
    print_unit: bool,
    sandbox: str | None,
) -> None:
    """Test what arrives for ASSIGNMENTS (default: c.Course.watch, else all), until SIGTERM.

    Students find a page with "Fetch Feedback". It tells of hidden tests only what c.Course.watch
    allows; by default, that there are some. Each submission is then graded in full, as `grader
    grade` does. With --once, work for which this machine lacks something, such as disk, is left for
    the next start; the exit code is 0 only if everything could be tested and recorded.

    Example: grader watch convolution_from_scratch
    """
    from grader.watch.run import watch as run
    from grader.watch.systemd import unit

    settings = load_course(course, sandbox)
    for name in assignments:
        settings.require_assignment(name)
    if print_unit:
        click.echo(unit(settings, assignments), nl=False)
        return
    if not run(settings, assignments, once=once, as_json=as_json, workers=workers) and once:
        sys.exit(1)


COMMANDS = (watch,)
