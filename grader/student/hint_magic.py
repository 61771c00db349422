"""``%hint``: hints for the solution cells of a notebook, one after the other, on demand.

The hints stand in the metadata of the notebook that was handed out: they need no network, and
nobody meets them who does not ask.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from IPython.core.error import UsageError
from IPython.display import display

from grader.errors import GraderError
from grader.language import gettext
from grader.notebook import hints
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
    shown = _no_hints() if carried is None else answer(carried, words, _opened[path.resolve()])
    display(Shown(shown))  # type: ignore[no-untyped-call]  # IPython's


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
