"""A class report on disk: one HTML file, and its figures and tables beside it."""

from __future__ import annotations

import base64
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
_FIGURES = ("scores.png", "claims.png", "epochs.png", "learning_curves.png", "times.svg")
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
        files = {folder / PAGE: _page(report, figures, missing, code, runs)}
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
    figures: Sequence[Drawn],
    missing: Sequence[str],
    code: Sequence[Alike],
    runs: Sequence[Alike],
) -> str:
    return html.render(
        "class_report.html.j2",
        "class_report.css",
        report=report,
        figures={figure.file.stem: figure for figure in figures},
        embedded={figure.file.stem: _embedded(figure.file) for figure in figures},
        missing=missing,
        alike={"code": code[:_ALIKE_SHOWN], "trainings": runs[:_ALIKE_SHOWN]},
        more={
            "code": max(0, len(code) - _ALIKE_SHOWN),
            "trainings": max(0, len(runs) - _ALIKE_SHOWN),
        },
        marks={outcome: mark for outcome, (mark, _) in MARKS.items()},
    )


def _embedded(file: Path) -> str:
    """The picture as the address of an ``img``, in which nothing runs."""
    kind = {".png": "image/png", ".svg": "image/svg+xml"}[file.suffix]
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
