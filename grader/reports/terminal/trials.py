"""Sample submissions on the terminal: the verdict of each claim, and where another was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import Claim, Outcome, Verdict
from grader.reports.terminal.claim_table import ClaimRow, ClaimTable
from grader.reports.terminal.marks import MARKS, columns_legend, marks_legend
from grader.reports.terminal.output_table import TerminalOnly
from grader.reports.terminal.plain import plain


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
    names = [claim.name for claim in claims]
    rows = [_row(trial, names) for trial in trials]
    table = ClaimTable(
        f"{assignment}: samples", names, ("sample", (), ("verdicts",)), rows, words_last=True
    )
    differ = any(trial.differences for trial in trials)
    legend = marks_legend(*([("!", "another was expected")] if differ else []))
    return Group(table, TerminalOnly(Group(columns_legend(claims), legend)), *_explained(trials))


def _row(trial: Trial, claims: Sequence[str]) -> ClaimRow:
    return ClaimRow(
        trial.sample,
        (),
        tuple(_mark(trial, claim) for claim in claims),
        (_summary(trial),),
        tuple(_words(trial, claim) for claim in claims),
    )


def _mark(trial: Trial, claim: str) -> Text:
    """The mark of the verdict, with a sign where another was expected; empty without a verdict."""
    received = trial.outcome(claim)
    if received == trial.expected.get(claim):
        return Text(*MARKS[received]) if received else Text()
    return (
        Text(f"{MARKS[received][0] if received else ' '}!", "bold red")
        if trial.received
        else Text()
    )


def _words(trial: Trial, claim: str) -> str:
    received, expected = trial.outcome(claim), trial.expected.get(claim)
    said = str(received or "none")
    return said if received == expected else f"{said}, not {expected or 'none'}"


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
            lines.append(plain(f"{trial.sample} is not graded: {trial.problem}"))
            continue
        for claim in trial.differences:
            verdict = trial.received.get(claim)
            received = verdict.outcome if verdict else "no verdict, for there is no such claim"
            why = (verdict.fault or verdict.message) if verdict else ""
            said = f": {why}" if why else ""
            expected = trial.expected.get(claim, "nothing, for case.toml does not name it")
            lines.append(
                plain(f"{trial.sample}, {claim}: expected {expected}, received {received}{said}")
            )
    return lines
