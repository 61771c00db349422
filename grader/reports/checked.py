"""A student's own notebook on the terminal, or below a cell: a row for each claim."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.model import Claim, Outcome, Verdict
from grader.reports.table import MARKS

_TRAINING = "needs training: run your notebook"

# What a claim's hint may help with: it was looked at, and something is wrong with the work.
_HINTED = (Outcome.FAILED, Outcome.CRASHED)


def checked_table(
    name: str, claims: Sequence[Claim], verdicts: Sequence[Verdict]
) -> RenderableType:
    """A table with claim, verdict and message, and a line that counts.

    Args:
        name: of the notebook.
        claims: all that the notebook shows.
        verdicts: on some of them; the others need training.
    """
    known = {verdict.claim: verdict for verdict in verdicts}
    table = Table(title=name, title_justify="left", title_style="bold", show_lines=True)
    for column in ("claim", "verdict", "message"):
        table.add_column(column, overflow="fold")
    for claim in claims:
        table.add_row(f"{claim.name} ({claim.points:g})", *_found(claim, known.get(claim.name)))
    return Group(table, _summary(len(claims), verdicts))


def _found(claim: Claim, verdict: Verdict | None) -> tuple[Text, Text]:
    if verdict is None:
        return Text("not checked", "dim"), Text(_TRAINING, "dim")
    if verdict.outcome is Outcome.PASSED:
        return Text(verdict.outcome, MARKS[verdict.outcome][1]), Text()
    message = verdict.message
    if verdict.outcome in _HINTED and claim.hint and claim.hint not in message:
        message = f"{message}\nHint: {claim.hint}"
    return Text(verdict.outcome, MARKS[verdict.outcome][1]), Text(message)


def _summary(count: int, verdicts: Sequence[Verdict]) -> Text:
    passed = sum(verdict.outcome is Outcome.PASSED for verdict in verdicts)
    waiting = count - len(verdicts)
    more = f"; {waiting} need{'s' if waiting == 1 else ''} training" if waiting else ""
    return Text(
        f"{passed} of {len(verdicts)} checked claims passed{more}. "
        "Hidden claims and written answers are looked at when your work is graded.",
        style="dim",
    )
