"""The class report counts the readers of each hint, if the course asks for that."""

from __future__ import annotations

import dataclasses

from grader.model import CellHints
from grader.reports.class_report.content import ClassReport
from grader.reports.class_report.hint_uses import HintUse
from tests.reports.classes import made_up

HINTS = (
    CellHints("prepare", ("<i>Look</i> at `shape`.", "Divide.")),
    CellHints("train", ("Fit.",)),
)


def with_hints(report: ClassReport) -> ClassReport:
    """The report of a course that asks who has read hints: the first two have read some."""
    ada, ben, *others = report.entries
    entries = (
        dataclasses.replace(ada, hints=frozenset({("prepare", 1), ("prepare", 2)})),
        dataclasses.replace(ben, hints=frozenset({("prepare", 1)})),
        *others,
    )
    return dataclasses.replace(report, entries=entries, hints=HINTS)


def test_each_hint_has_its_readers() -> None:
    assert with_hints(made_up(3)).hint_uses == (
        HintUse("prepare", 1, "<i>Look</i> at `shape`.", ("student001", "student002")),
        HintUse("prepare", 2, "Divide.", ("student001",)),
        HintUse("train", 1, "Fit.", ()),
    )
    assert made_up(3).hint_uses == ()
