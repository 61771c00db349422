"""What may stand in a cell of a file of grades, and the file itself.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, quoted or
not, and students choose their own names. OWASP's page "CSV Injection" names these characters, and
the remedy: an apostrophe ahead of them, which a spreadsheet does not show.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import ConfigurationError, CourseError

# The wide forms too: a Japanese Excel reads them as the narrow ones.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 -- they are meant
_CONTROL = ("\t", "\r", "\n")


def text(value: str | None) -> str:
    """Text for people to read; a formula gets an apostrophe ahead."""
    value = value or ""
    return f"'{value}" if _is_formula(value) else value


def identifier(value: str | None, what: str) -> str:
    """Check what a platform finds a student or column by; a formula is refused, not changed.

    Args:
        value: the identifier; None counts as empty.
        what: names it in the message.

    Raises:
        CourseError: a spreadsheet would calculate it.
    """
    value = value or ""
    if _is_formula(value):
        raise CourseError(
            f"{what} is {value!r}, which a spreadsheet would take for a formula: expected one that "
            f"does not begin with any of {' '.join(_FORMULA[:4])}; correct it (a student's with "
            "nbgrader db student import FILE, a column's in course_config.py)"
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


def _is_formula(value: str) -> bool:
    """A lone sign is what Moodle writes for 'nothing'; it calculates nothing."""
    begin = value.lstrip(" ")
    return begin.startswith(_CONTROL) or (begin.startswith(_FORMULA) and len(begin.strip()) > 1)
