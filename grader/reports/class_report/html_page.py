"""A class report on disk: one HTML file, and its figures and tables beside it."""

from __future__ import annotations

import base64
import os
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from grader.errors import ConfigurationError
from grader.reports import html
from grader.reports.charts.figure import Drawn
from grader.reports.class_report import class_figures, csv_tables
from grader.reports.class_report.content import ClassReport
from grader.reports.class_report.similarity import Alike
from grader.reports.terminal.marks import MARKS

PAGE = "report.html"
_FIGURES = tuple(
    f"{name}.{kind}"
    for name in ("scores", "claims", "epochs", "learning_curves", "times")
    for kind in ("png", "svg")  # earlier versions wrote PNG
)
_FEW = 12  # of a list, which is folded if it is longer
_COLUMNS = 5  # of the table of students, before those of claims
_ALIKE_SHOWN = 25  # most groups of each kind on the page; alike.csv has all


def write(report: ClassReport, folder: Path) -> tuple[Path, ...]:
    """Write the page, the figures and the tables into ``folder``; returns the files, page first.

    Figures of an earlier report that this one does not have are removed.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FIGURES:
            (folder / name).unlink(missing_ok=True)
        figures, missing = class_figures.draw(report, folder)
        code, runs = report.alike_code(), report.alike_trainings()
        files = {folder / PAGE: _page(report, folder, (figures, missing), code, runs)}
        files |= {
            folder / name: text for name, text in csv_tables.tables(report, (*code, *runs)).items()
        }
        for file, text in files.items():
            file.write_text(text, newline="")
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder} cannot be written ({error.strerror}): "
            "choose another folder with --output"
        ) from error
    return (*files, *(figure.file for figure in figures))


def _page(
    report: ClassReport,
    folder: Path,
    drawn: tuple[Sequence[Drawn], Sequence[str]],
    code: Sequence[Alike],
    runs: Sequence[Alike],
) -> str:
    figures, missing = drawn
    return html.render(
        "class_report.html.j2",
        "class_report.css",
        "class_report.js",
        report=report,
        feedback={entry.student: _link(entry.feedback, folder) for entry in report.entries},
        figures={figure.file.stem: figure for figure in figures},
        embedded={figure.file.stem: _embedded(figure.file) for figure in figures},
        missing=missing,
        alike={"code": code[:_ALIKE_SHOWN], "trainings": runs[:_ALIKE_SHOWN]},
        more={
            "code": max(0, len(code) - _ALIKE_SHOWN),
            "trainings": max(0, len(runs) - _ALIKE_SHOWN),
        },
        marks={outcome: mark for outcome, (mark, _) in MARKS.items()},
        order={outcome: number for number, outcome in enumerate(MARKS)},
        few=_FEW,
        columns=_COLUMNS,
        full=sum(entry.claims_score >= report.claims_max for entry in report.entries),
        linked=any(entry.feedback for entry in report.entries),
    )


def _link(page: Path | None, folder: Path) -> str:
    """The address of a student's page from the report's; empty if there is none."""
    if page is None:
        return ""
    path = os.path.relpath(page.resolve(), folder.resolve())
    return "./" + urllib.parse.quote(path.replace(os.sep, "/"))


def _embedded(file: Path) -> str:
    """The picture as the address of an ``img``, in which nothing runs."""
    return f"data:image/svg+xml;base64,{base64.b64encode(file.read_bytes()).decode()}"
