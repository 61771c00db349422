"""Commands for a student who disagrees: a person's decision beside the machine's verdict."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.context import load_course, terminal


@click.command(short_help="Decide on a claim's points beside the machine's verdict.")
@click.argument("student", default="")
@click.argument("assignment", default="")
@click.argument("claim", default="")
@click.option("--points", type=float, help="What the claim gets: from 0 to what it is worth.")
@click.option("--reason", default="", help="Why, for students and colleagues.")
@click.option("--by", default="", help="Who decides; default: the name of your account.")
@click.option("--remove", is_flag=True, help="Take the decision back: the verdict counts again.")
@click.pass_obj
def override(
    course: Path,
    /,
    *,
    student: str,
    assignment: str,
    claim: str,
    points: float | None,
    reason: str,
    by: str,
    remove: bool,
) -> None:
    """Record a decision on the points of a graded CLAIM, with its reason.

    It survives grading again, and stands in gradebook, feedback, report and exports. Without
    CLAIM, the decisions are listed: all, those on a STUDENT, or those on one ASSIGNMENT of hers.

    Example: grader override ada mnist_998 stop_message --points 1 --reason "A comma was missing."
    """
    from grader.errors import CourseError
    from grader.notebook import overrides
    from grader.reports.terminal import decisions

    settings = load_course(course)
    if not claim:
        if points is not None or reason or remove:
            raise CourseError("no claim was named: expected STUDENT ASSIGNMENT CLAIM and options")
        found = tuple(overrides.listed(settings, student, assignment))
        terminal().print(decisions.listing(found))
        return
    if remove:
        if points is not None or reason:
            raise CourseError("--remove takes a decision back: expected no --points or --reason")
        removed = overrides.remove(settings, student, assignment, claim)
        terminal().print(decisions.removed(removed))
        return
    if points is None:
        raise CourseError("no points were given: expected --points P and --reason TEXT")
    decided = overrides.decide(
        settings, student, assignment, claim, points=points, reason=reason, by=by
    )
    terminal().print(decisions.decided(decided))


COMMANDS = (override,)
