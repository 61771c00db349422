"""Names the cell that was to define a name and stopped before it did, where the name is missed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbformat import NotebookNode

from grader.language import gettext
from grader.notebook.assignment import part_of
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.submission.cell_text import bound_names
from grader.notebook.submission.notes import position
from grader.notebook.submission.rebuild import place_of

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


def explained(
    run: CellRun, cells: Sequence[NotebookNode], runs: Mapping[int, CellRun], index: int
) -> CellRun:
    """How a cell went; a name that it missed with the cell ahead that should have defined it.

    Args:
        run: how it went.
        cells: of the rebuilt notebook.
        runs: how other cells went, by index.
        index: its own.
    """
    missed = _UNDEFINED.match(run.message) if run.error == "NameError" else None
    if run.status is not CellStatus.RAISED or missed is None:
        return run
    for ahead in sorted((place for place in runs if place < index), reverse=True):
        before, cell = runs[ahead], cells[ahead]
        if before.status is CellStatus.RAISED and missed[1] in bound_names(cell.source):
            error = f"{before.error}: {before.message}".rstrip(": .")[:200]
            advice = gettext(
                "{name} is defined in {cell}, which stopped before that with {error}: correct that "
                "cell, or move the line that stops it into a cell of its own.",
                name=missed[1],
                cell=_named(cell),
                error=error,
            )
            return replace(run, advice=advice)
    return run


def _named(cell: NotebookNode) -> str:
    """A cell as a student knows it."""
    if answer := part_of(cell):
        return gettext("the cell `{name}`", name=answer)
    place = place_of(cell)
    return position(place) if place is not None else gettext("a cell above")
