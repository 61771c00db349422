"""Names the cell that was to define a name and did not, where the name is missed.

It stopped before, or its first line hides its code from the notebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbformat import NotebookNode

from grader.language import gettext
from grader.notebook.assignment import part_of
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.magics import hiding_magic
from grader.notebook.submission.cell_text import bound_names, defined_in_text
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
        if hidden := hidden_by_magic(missed[1], cell.source, _named(cell)):
            return replace(run, advice=hidden)
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


def hidden_by_magic(name: str, source: str, cell: str) -> str:
    """What is said of a cell that defines a name below a magic like ``%%timeit``; else nothing.

    Args:
        name: that is missed.
        source: of the cell.
        cell: what the cell is called.
    """
    if not (magic := hiding_magic(source)):
        return ""
    if name not in defined_in_text(source):
        return ""
    return gettext(
        "Remove the line with {magic} from {cell}: below it, the notebook keeps neither `{name}` "
        "nor any other name.",
        magic=magic,
        cell=cell,
        name=name,
    )


def _named(cell: NotebookNode) -> str:
    """A cell as a student knows it."""
    if answer := part_of(cell):
        return gettext("the cell `{name}`", name=answer)
    place = place_of(cell)
    return position(place) if place is not None else gettext("a cell above")
