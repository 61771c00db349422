"""Sample submissions on the terminal: the verdict of each claim, and where another was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.model import Claim, Outcome, Verdict
from grader.reports.terminal.class_table import MARKS, columns_legend, marks_legend


@dataclass(frozen=True)
class Trial:
    """The result of one sample submission.

    Attributes:
        sample: its name.
        expected: claim to the outcome that its case.toml expects.
        received: the verdicts, or None where it could not be graded.
        problem: why not, in one line.
    """

    sample: str
    expected: Mapping[str, Outcome]
    received: Mapping[str, Verdict] | None
    problem: str = ""

    @property
    def differences(self) -> tuple[str, ...]:
        """Claims whose verdict is not the expected one, those that only one side knows included."""
        received = self.received or {}
        claims = dict.fromkeys((*self.expected, *received))
        return tuple(claim for claim in claims if self.expected.get(claim) != self.outcome(claim))

    def outcome(self, claim: str) -> Outcome | None:
        """The outcome of a claim; None without a verdict."""
        verdict = (self.received or {}).get(claim)
        return verdict.outcome if verdict else None


def trials_table(
    assignment: str, claims: Sequence[Claim], trials: Sequence[Trial]
) -> RenderableType:
    """A table with a row a sample and a column a claim, and below it what was not as expected."""
    table = Table(title=f"{assignment}: samples", title_justify="left", title_style="bold")
    table.add_column("sample", overflow="fold")
    for number in range(1, len(claims) + 1):
        table.add_column(str(number), justify="center")
    table.add_column("verdicts")
    for trial in trials:
        cells = (_cell(trial, claim.name) for claim in claims)
        table.add_row(Text(trial.sample), *cells, _summary(trial))
    return Group(table, columns_legend(claims), marks_legend(), *_explained(trials))


def _cell(trial: Trial, claim: str) -> Text:
    """The mark of the verdict, and of the expected one where that is another."""
    received, expected = trial.outcome(claim), trial.expected.get(claim)
    if received == expected:
        return Text(*MARKS[received]) if received else Text()
    return Text(f"{_mark(received)}, not {_mark(expected)}", "bold red")


def _mark(outcome: Outcome | None) -> str:
    return MARKS[outcome][0] if outcome else "none"


def _summary(trial: Trial) -> Text:
    if trial.received is None:
        return Text("not graded", "bold red")
    if count := len(trial.differences):
        return Text(f"{count} not as expected", "bold red")
    return Text("as expected")


def _explained(trials: Sequence[Trial]) -> list[Text]:
    """A line for each difference, in words."""
    lines = []
    for trial in trials:
        if trial.received is None:
            lines.append(Text(f"{trial.sample} is not graded: {trial.problem}"))
            continue
        for claim in trial.differences:
            verdict = trial.received.get(claim)
            received = verdict.outcome if verdict else "no verdict, for there is no such claim"
            why = (verdict.fault or verdict.message) if verdict else ""
            said = f": {why}" if why else ""
            expected = trial.expected.get(claim, "nothing, for case.toml does not name it")
            lines.append(
                Text(f"{trial.sample}, {claim}: expected {expected}, received {received}{said}")
            )
    return lines
