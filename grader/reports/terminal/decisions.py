"""People's decisions on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Decision, Score
from grader.model.scores import points
from grader.reports.terminal.output_table import indented
from grader.reports.terminal.plain import plain


def listing(decisions: Sequence[Decision]) -> RenderableType:
    """Each decision with its verdict, who decided and when, and the reason."""
    if not decisions:
        return Text("Nothing was decided.")
    return Group(*(part for each in decisions for part in _told(each)))


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
