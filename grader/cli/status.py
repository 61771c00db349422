"""The command that shows the status of a class."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.context import counting, load_course, terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from grader.notebook.class_status import ClassStatus, Stage
    from grader.reports.terminal.status_table import StatusSum

WAITS_FOR_PERSON, WAITS_FOR_GRADER = 1, 3


@click.command(short_help="Say who handed in, who is graded, and what waits for whom.")
@click.argument("assignment", default="")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead.")
@click.pass_obj
def status(course: Path, assignment: str, as_json: bool) -> None:
    """Show where each submission of ASSIGNMENT stands; without one, a line for each assignment.

    Nothing is changed, and grading may run meanwhile. The exit code is 0 if everything that was
    handed in is graded and marked, 1 if something waits for a person only, and 3 if something is
    still to be graded.

    Example: grader status mnist_998
    """
    from grader.notebook import class_status

    settings = load_course(course)
    names = [settings.require_assignment(assignment)] if assignment else settings.assignments
    with counting("Looking at submissions") as progress:
        classes = [class_status.status(settings, name, progress) for name in names]
    if as_json:
        click.echo(json.dumps([_as_data(each) for each in classes], indent=1))
    elif assignment:
        terminal().print(_submissions(classes[0]))
    else:
        terminal().print(_assignments(classes))
    sys.exit(_exit_code(classes))


def _submissions(known: ClassStatus) -> RenderableType:
    from grader.reports.terminal.status_table import StatusRow, SubmissionsTable

    rows = [
        StatusRow(
            each.student,
            each.handed_in,
            each.late,
            each.stage.value,
            _style(each.stage),
            each.why,
            each.score,
        )
        for each in known.submissions
    ]
    return SubmissionsTable(_sum(known), rows, known.missing)


def _assignments(classes: list[ClassStatus]) -> RenderableType:
    from grader.reports.terminal.status_table import AssignmentsTable

    return AssignmentsTable([_sum(known) for known in classes])


def _sum(known: ClassStatus) -> StatusSum:
    from grader.notebook.class_status import Stage
    from grader.reports.terminal.status_table import StatusSum

    return StatusSum(
        known.assignment,
        known.heading,
        known.due,
        len(known.submissions),
        known.late,
        len(known.missing),
        [(stage.value, known.at(stage), _style(stage)) for stage in Stage],
    )


def _style(stage: Stage) -> str:
    from grader.notebook.class_status import Stage

    styles = {Stage.DONE: "green", Stage.FAILED: "bold red", Stage.REFUSED: "bold red"}
    return styles.get(stage, "yellow")


def _exit_code(classes: list[ClassStatus]) -> int:
    from grader.notebook.class_status import WAITS_FOR_PERSON as FOR_PERSON
    from grader.notebook.class_status import Stage

    stages = {each.stage for known in classes for each in known.submissions} - {Stage.DONE}
    if not stages:
        return 0
    return WAITS_FOR_PERSON if stages <= set(FOR_PERSON) else WAITS_FOR_GRADER


def _as_data(known: ClassStatus) -> dict[str, Any]:
    """For programs; moments are in UTC, lateness in seconds."""
    return {
        "assignment": known.assignment,
        "due": known.due.isoformat() if known.due else None,
        "submissions": [
            {
                "student": each.student,
                "status": each.stage.value,
                "why": each.why,
                "handed_in": each.handed_in.isoformat() if each.handed_in else None,
                "seconds_late": each.late.total_seconds(),
                "score": each.score.earned if each.score else None,
                "max_score": each.score.possible if each.score else None,
                "to_mark": each.score.to_mark if each.score else None,
            }
            for each in known.submissions
        ],
        "missing": list(known.missing),
    }
