"""Reads a student's own notebook; what is wrong with it is told to the student.

``grader.notebook.submission.parse`` tells the instructor, who would ask the student.
"""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.notebook.submission import parse
from grader.notebook.submission.file_rules import printable_path

_ASKED = re.compile(r"ask the student to (?P<what>.*?)(?:,? (?:and|or) to hand .*)?$")
_OPEN_IT = "open it in JupyterLab and save it there; fetch it again if that does not work"
_SHOWN = 10  # names of other notebooks


def read(path: Path) -> NotebookNode:
    """The notebook at ``path``.

    Raises:
        SubmissionError: there is none, or it is none; says what the student can do.
    """
    if not path.exists():
        raise SubmissionError(_missing(path))
    try:
        return parse.read(path)
    except SubmissionError as error:
        raise SubmissionError(for_student(str(error))) from error


def for_student(message: str) -> str:
    """A message for an instructor, with what the student can do in place of asking the student."""
    found = _ASKED.search(message)
    if found is None:
        return message
    what = found["what"]
    return message[: found.start()] + (_OPEN_IT if what.startswith("hand ") else what)


def _missing(path: Path) -> str:
    names = sorted(printable_path(Path(each.name)) for each in path.parent.glob("*.ipynb"))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    there = f"{', '.join(names[:_SHOWN])}{more}" if names else "no notebook"
    return (
        f"there is no {printable_path(path)}: found {there} in that folder; "
        "name your notebook, or change to its folder first"
    )
