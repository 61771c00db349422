"""Writes a file of grades, with cells that are safe in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import ConfigurationError, CourseError
from grader.reports import formulas


def text(value: str | None) -> str:
    """Text for people to read; a formula gets an apostrophe ahead."""
    return formulas.as_text(value or "")


def identifier(value: str | None, what: str) -> str:
    """Check what a platform finds a student or column by; a formula is refused, not changed.

    Args:
        value: the identifier; None counts as empty.
        what: names it in the message.

    Raises:
        CourseError: a spreadsheet would calculate it.
    """
    value = value or ""
    if formulas.is_formula(value):
        raise CourseError(
            f"{what} is {value!r}, which a spreadsheet would take for a formula: expected one that "
            f"does not begin with any of {' '.join(formulas.SIGNS[:4])}; correct it (a "
            "student's with nbgrader db student import FILE, a column's in course_config.py)"
        )
    return value


def number(value: float) -> str:
    """Points with two decimals, which is what Canvas and Moodle show."""
    return f"{value:.2f}"


def write(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of cells as RFC 4180 has it, in UTF-8, one line a row.

    A carriage return in a cell becomes a new line, which stands in quotes: csv would write it bare,
    and readers would take it for the end of a row.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            whole = ([_with_unix_line_ends(cell) for cell in row] for row in rows)
            csv.writer(stream, lineterminator="\n").writerows(whole)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be written ({error.strerror}): name another file with --output"
        ) from error


def _with_unix_line_ends(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")
