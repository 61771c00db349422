"""Commands for a student who disagrees: what verdicts rest on, and a person's decision beside."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.context import load_course, terminal

if TYPE_CHECKING:
    from grader.notebook.explain import Explained


@click.command(short_help="Decide on a claim's points beside the machine's verdict.")
@click.argument("student", default="")
@click.argument("assignment", default="")
@click.argument("claim", default="")
@click.option("--points", type=float, help="What the claim gets: from 0 to what it is worth.")
@click.option(
    "--handed-in",
    metavar="TIME",
    default="",
    help="In place of CLAIM: when it was handed in, if timestamp.txt may mean several times.",
)
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
    handed_in: str,
    reason: str,
    by: str,
    remove: bool,
) -> None:
    """Record a decision on the points of a graded CLAIM, with its reason.

    With --handed-in, the decision is on when the submission was handed in. The late penalty
    follows from it.

    It is kept when the submission is graded again, and counts in gradebook, feedback, report and
    exports. Without CLAIM, decisions are listed: all, those on a STUDENT, or those on a STUDENT's
    ASSIGNMENT.

    Example: grader override ada mnist_998 stop_message --points 1 --reason "A comma was missing."
    """
    from grader.errors import CourseError
    from grader.notebook import overrides, time_decisions
    from grader.reports.terminal import decisions

    settings = load_course(course)
    if handed_in:
        if claim or points is not None or remove or not assignment:
            raise CourseError("--handed-in is about a submission: expected STUDENT ASSIGNMENT")
        when = time_decisions.decide(
            settings, student, assignment, handed_in=handed_in, reason=reason, by=by
        )
        terminal().print(decisions.time_decided(student, assignment, when))
        return
    if not claim:
        if points is not None or reason or remove:
            raise CourseError("no claim was named: expected STUDENT ASSIGNMENT CLAIM and options")
        found = tuple(overrides.listed(settings, student, assignment))
        times = tuple(time_decisions.listed(settings, student, assignment))
        terminal().print(decisions.listing(found, times))
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


@click.command(short_help="Show what a verdict rests on, or judge again with the same seeds.")
@click.argument("student")
@click.argument("assignment")
@click.argument("claim", default="")
@click.option("--replay", is_flag=True, help="Judge again with the same seeds, and compare.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead.")
@click.pass_obj
def explain(
    course: Path,
    /,
    *,
    student: str,
    assignment: str,
    claim: str,
    replay: bool,
    as_json: bool,
) -> None:
    """Show the test of CLAIM (all, if none is named), what it asked, and what was answered.

    The record was made when the submission was graded. With --replay the submission is judged once
    more with the same seeds, and the exit code is 1 if a question, an answer or a verdict differs.
    Nothing in the course is changed.

    Example: grader explain ada mnist_998 stop_message
    """
    from grader.notebook import explain as explaining

    settings = load_course(course)
    explained = explaining.explain(settings, student, assignment, claim)
    if replay:
        _replay(course, explained, claim, as_json=as_json)
        return
    if as_json:
        click.echo(json.dumps(explained.as_json(claim), indent=1))
        return
    from grader.reports.terminal.explanation import explanation

    terminal().print(explanation(explained.graded, explained.evidence, claim))


def _replay(course: Path, explained: Explained, claim: str, *, as_json: bool) -> None:
    from dataclasses import asdict

    from grader.notebook import explain as explaining
    from grader.notebook.assignment import load_assignment
    from grader.notebook.loaded_course import LoadedCourse
    from grader.reports.terminal.replayed import replayed

    settings = load_course(course)
    loaded = LoadedCourse(settings, load_assignment(settings, explained.graded.assignment))
    found = [each for each in explaining.replay(loaded, explained) if claim in {"", each.claim}]
    if as_json:
        click.echo(json.dumps([asdict(each) | {"same": each.same} for each in found], indent=1))
    else:
        terminal().print(replayed(found))
    if not all(each.same for each in found):
        sys.exit(1)


COMMANDS = (override, explain)
