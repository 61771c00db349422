"""Exports the grades of a course without nbgrader's command line: what ``grader export`` calls."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from traitlets.config import Config

from grader.errors import CourseError
from grader.notebook import gradebook, sqlalchemy_warnings
from grader.notebook.exports.canvas import CanvasExporter
from grader.notebook.exports.exporter import Exported, GradeExporter
from grader.notebook.exports.moodle import MoodleExporter
from grader.notebook.exports.plain_csv import CsvExporter
from grader.notebook.exports.worksheet import WorksheetExporter
from grader.notebook.submission import paths
from grader.settings import Settings

EXPORTERS: dict[str, type[GradeExporter]] = {
    "canvas": CanvasExporter,
    "moodle": MoodleExporter,
    "csv": CsvExporter,
}


def export(
    settings: Settings,
    to: str,
    assignments: Sequence[str] = (),
    *,
    output: Path | None = None,
    worksheet: Path | None = None,
    identify_by: str | None = None,
    include_waiting: bool = False,
    missing_as_zero: bool = False,
) -> Exported:
    """Write the grades of a course into a file.

    Args:
        settings: the course.
        to: one of ``EXPORTERS``.
        assignments: only these; all that the gradebook knows, if left out.
        output: the file; one in the course's folder ``exports``, if left out.
        worksheet: for Moodle, the worksheet to fill in instead of making a file of grades.
        identify_by: see ``GradeExporter``; as configured, if left out.
        include_waiting: see ``GradeExporter``; True wins over the configuration.
        missing_as_zero: see ``GradeExporter``; True wins over the configuration.

    Raises:
        CourseError: nothing is graded, or something that the platform could not take.
        ConfigurationError: the gradebook cannot be used, or the file not be written.
    """
    if worksheet and to != "moodle":
        raise CourseError(f"--worksheet is Moodle's: expected --to moodle, received --to {to}")
    if gradebook.assignments_in(settings) is None:
        raise CourseError(
            f"{settings.root} has no gradebook yet: grade something first (grader grade ASSIGNMENT)"
        )
    exporter = (WorksheetExporter if worksheet else EXPORTERS[to])(config=_config(settings))
    exporter.assignment = list(assignments)
    exporter.to = str(output or "")
    if isinstance(exporter, WorksheetExporter):
        exporter.worksheet = str(worksheet)
    if identify_by:
        exporter.identify_by = identify_by
    exporter.include_waiting |= include_waiting
    exporter.missing_as_zero |= missing_as_zero
    with sqlalchemy_warnings.ignored():
        directory = paths.course_directory(settings)
        with Gradebook(directory.db_url, directory.course_id) as opened:
            return exporter.write(opened)


def _config(settings: Settings) -> Config:
    """The course's, with its folder: nbgrader would take the working directory."""
    config = copy.deepcopy(settings.config)
    config.CourseDirectory.root = str(settings.root)
    return config
