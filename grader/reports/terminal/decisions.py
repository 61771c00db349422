"""People's decisions on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Decision, Score, TimeDecision
from grader.model.scores import points
from grader.reports.terminal.output_table import indented
from grader.reports.terminal.plain import plain


def listing(
    decisions: Sequence[Decision], times: Sequence[tuple[str, str, TimeDecision]] = ()
) -> RenderableType:
    """Each decision with its verdict, who decided and when, and the reason.

    Args:
        decisions: on claims.
        times: student, assignment, and a decision on when it was handed in.
    """
    if not decisions and not times:
        return Text("Nothing was decided.")
    told = [part for each in decisions for part in _told(each)]
    return Group(*told, *(part for each in times for part in _time_told(*each)))


def time_decided(student: str, assignment: str, decision: TimeDecision) -> RenderableType:
    """A decision on when a submission was handed in, and where its penalty stands."""
    told = _time_told(student, assignment, decision)
    return Group(*told, plain(f"The late penalty follows: grader status {assignment}", "dim"))


def decided(decision: Decision) -> RenderableType:
    """What was just decided, and what else must be written."""
    next_step = f"grader feedback {decision.assignment} --student {decision.student}"
    return Group(*_told(decision), plain(f"The student reads it after: {next_step}", "dim"))


def removed(decision: Decision) -> RenderableType:
    """What counts again after a decision was removed."""
    verdict = decision.verdict
    waits = verdict is not None and verdict.machine_score is None
    counts = "it waits for a person" if waits else "the verdict counts again"
    said = f": {verdict.outcome}, {verdict.machine_result.text} points" if verdict else ""
    where = f"{decision.student}, {decision.assignment}, {decision.override.claim}"
    return Group(plain(f"{where}: the decision was removed", "bold"), plain(f"  {counts}{said}"))


def _told(decision: Decision) -> tuple[RenderableType, ...]:
    override, verdict = decision.override, decision.verdict
    given = Score(override.points, verdict.points) if verdict else points(override.points)
    head = plain(f"{decision.student}, {decision.assignment}, {override.claim}: ", "bold")
    head.append(f"{given} points")
    if verdict:
        head.append(f"; the verdict: {verdict.outcome}, {verdict.machine_result.text}", "dim")
    else:
        head.append("; there is no verdict", "dim")
    said = plain(f"{override.by}, {override.day}: {override.reason}")
    return head, indented(said, 2)


def _time_told(student: str, assignment: str, decision: TimeDecision) -> tuple[RenderableType, ...]:
    head = plain(f"{student}, {assignment}: handed in at {decision.handed_in} UTC", "bold")
    received = " ".join(decision.received.split())  # a student may put any blanks into it
    head.append_text(plain(f"; timestamp.txt: {received}", "dim"))
    said = plain(f"{decision.by}, {decision.when[:10]}: {decision.reason}")
    return head, indented(said, 2)
