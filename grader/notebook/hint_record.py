"""Which hints a student has read, as a file beside the notebook says that is handed in with it.

It is written only where the course asks for it. The student may change it, so nothing is believed
of it: no verdict, note or digest rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.model import CellHints
from grader.notebook.submission import file_rules
from grader.notebook.submission.submitted_files import HINTS_READ

_FIRST = "# The hints that %hint has shown, each with its cell and number. Format 1.\n"
_MOST_BYTES = 16 << 10  # of a student's file are looked at


def add(folder: Path, cell: str, count: int) -> bool:
    """Note that the first ``count`` hints of a cell were shown; whether that begins the file.

    Raises:
        OSError: the file cannot be read or written.
    """
    path = folder / HINTS_READ
    known = path.read_text("utf-8", errors="replace") if path.exists() else ""
    lines = [f"{cell} {step}" for step in range(1, count + 1)]
    new = [line for line in lines if line not in known.splitlines()]
    if new:
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if known else _FIRST) + "\n".join(new) + "\n")
    return not known


def read(folder: Path, cells: Iterable[CellHints]) -> frozenset[tuple[str, int]]:
    """The hints of ``cells`` that the file in a submission names: cell and number, from 1."""
    known = {f"{each.cell} {n}": (each.cell, n) for each in cells for n in _numbers(each)}
    try:
        with file_rules.opened(folder / HINTS_READ, file_rules.CAPS.file) as file:
            text = file.read(_MOST_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return frozenset()
    return frozenset(known[line.strip()] for line in text.splitlines() if line.strip() in known)


def _numbers(hints: CellHints) -> range:
    return range(1, len(hints.steps) + 1)
