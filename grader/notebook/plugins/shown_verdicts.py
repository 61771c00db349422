"""Verdicts under the test cells of an autograded notebook, as the formgrader shows them."""

from __future__ import annotations

from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from grader.model import Outcome, Verdict
from grader.notebook.assignment import grade_id
from grader.notebook.sanitize.text import escape_invisible


def show(notebook: NotebookNode, verdicts: Iterable[Verdict]) -> None:
    """Put each verdict under its test cell, in place of what the test wrote."""
    by_claim = {verdict.claim: verdict for verdict in verdicts}
    for cell in notebook.cells:
        if utils.is_grade(cell) and (verdict := by_claim.get(grade_id(cell))):
            cell.outputs = [new_output("stream", name="stdout", text=text(verdict))]


def text(verdict: Verdict) -> str:
    """The machine's verdict, its message, and a person's decision beside it."""
    lines = [f"{verdict.outcome}: {verdict.machine_result} points"]
    if verdict.waits:
        lines[0] += " so far: it waits for a person"
    if verdict.outcome is not Outcome.PASSED:
        lines.append(verdict.message)
    if (decision := verdict.override) is not None:
        by, reason = escape_invisible(decision.by), escape_invisible(decision.reason)
        given = f"{verdict.result} points, by {by} on {decision.day}"
        lines.append(f"\nA person's decision counts: {given}\n{reason}")
    return "\n".join(lines)
