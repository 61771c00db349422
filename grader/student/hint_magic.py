"""``%hint``: hints for the solution cells of a notebook, one after the other, on demand.

The hints are in the metadata of the notebook that was handed out. So they need no network, and are
shown only to students who ask.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from IPython.core.error import UsageError
from IPython.display import display

from grader.errors import GraderError
from grader.language import gettext
from grader.notebook import hint_record, hints
from grader.notebook.submission.submitted_files import HINTS_READ
from grader.student import own_notebook
from grader.student.hint_shown import Shown
from grader.student.hints_asked import Answer, answer
from grader.student.magic import notebook

# How many hints of each cell this kernel has shown, for each notebook.
_opened: defaultdict[Path, dict[str, int]] = defaultdict(dict)


def hint(line: str) -> None:
    """Show what ``%hint`` was asked for; ``line`` may end with the name of a notebook."""
    words = line.split()
    named = words.pop() if words and words[-1].endswith(".ipynb") else ""
    path = notebook(named, "%hint")
    try:
        carried = hints.carried_by(own_notebook.read(path))
    except GraderError as error:
        raise UsageError(str(error)) from error
    opened = _opened[path.resolve()]
    shown = _no_hints() if carried is None else answer(carried, words, opened)
    if carried is not None and carried.recorded and shown.shown:
        shown = _recorded(shown, path.parent, opened[shown.shown])
    display(Shown(shown))  # type: ignore[no-untyped-call]  # IPython's


def _recorded(shown: Answer, folder: Path, count: int) -> Answer:
    """The same answer; the first time, it says that hints are listed for the course."""
    try:
        begins = hint_record.add(folder, shown.shown, count)
    except OSError:  # a folder that cannot be written: nothing is listed, and the hint still helps
        return shown
    said = gettext(
        "Your course asks which hints you read: `{file}`, beside your notebook, lists them and is "
        "handed in with it. It is no part of your grade.",
        file=HINTS_READ,
    )
    return replace(shown, below=(*shown.below, said)) if begins else shown


def _no_hints() -> Answer:
    return Answer(
        gettext("This notebook carries no hints."),
        below=(
            gettext(
                "Hints are part of the notebook that your course hands out. If another editor has "
                "saved yours, they may be lost: fetch the notebook again, and name that copy, as "
                "in `%hint NAME copy.ipynb`."
            ),
        ),
    )
