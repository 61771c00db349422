"""Reads a student's own notebook, and tells the student what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from grader.errors import SubmissionError
from grader.language import gettext
from grader.notebook.submission import parse
from grader.notebook.submission.file_rules import printable_path

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
        said = gettext(error.to_student, **error.values) or str(error)
        raise SubmissionError(said) from error


def _missing(path: Path) -> str:
    names = sorted(printable_path(Path(each.name)) for each in path.parent.glob("*.ipynb"))
    file, shown = printable_path(path), ", ".join(names[:_SHOWN])
    if not names:
        return gettext(
            "{file} is missing, and there is no other notebook in that folder: name your "
            "notebook, or change to its folder first.",
            file=file,
        )
    if len(names) > _SHOWN:
        return gettext(
            "{file} is missing: found {names} and {count} more in that folder. Name your notebook, "
            "or change to its folder first.",
            file=file,
            names=shown,
            count=len(names) - _SHOWN,
        )
    return gettext(
        "{file} is missing: found {names} in that folder. Name your notebook, or change to its "
        "folder first.",
        file=file,
        names=shown,
    )
