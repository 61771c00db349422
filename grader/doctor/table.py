"""The findings, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from grader.doctor.findings import Finding, Status
from grader.reports.terminal.output_table import OutputTable
from grader.reports.terminal.plain import lines

STYLES = {Status.OK: "green", Status.WEAK: "yellow", Status.MISSING: "bold red"}


def grading_works(findings: Sequence[Finding]) -> bool:
    """Whether nothing is missing that grading needs."""
    return not _in_the_way(findings)


def findings_table(findings: Sequence[Finding], untried: Sequence[str] = ()) -> RenderableType:
    """A row for each finding with its remedy below, and a summary at the end.

    Args:
        findings: in the order of the table.
        untried: names of what was not looked at.
    """
    table = OutputTable()
    table.add_column("what")
    table.add_column("status")
    table.add_column("found, and what to do", overflow="fold")
    for finding in findings:
        told = lines(finding.detail)
        if finding.remedy:
            told.append(f"\nRemedy: {finding.remedy}", "bold")
        table.add_row(finding.name, Text(finding.status, STYLES[finding.status]), told)
    left = [Text(f"Not tried, for it takes seconds: {', '.join(untried)}.")] if untried else []
    return Group(table, *left, _conclusion(findings, bool(untried)))


def _conclusion(findings: Sequence[Finding], partly: bool) -> Text:
    """The one line to read, where only one is read."""
    names = _in_the_way(findings)
    if names:
        return Text(f"Grading does not work here yet: see {', '.join(names)}.", "bold red")
    poor = [finding.name for finding in findings if finding.status is not Status.OK]
    more = f"; could be better: {', '.join(poor)}" if poor else ""
    works = "Nothing that was tried is in the way of grading" if partly else "Grading works here"
    return Text(f"{works}{more}.")


def _in_the_way(findings: Sequence[Finding]) -> list[str]:
    return [
        finding.name for finding in findings if finding.needed and finding.status is Status.MISSING
    ]
