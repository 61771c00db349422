"""Names the cell that should have defined a missing name, and says why it did not.

It stopped before, its first line hides its code from the notebook, or it stands further down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbformat import NotebookNode

from grader.examiner.cells.finding import Finding, FindingKind
from grader.language import gettext
from grader.notebook.assignment import grade_id, part_of
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.magics import hiding_magic
from grader.notebook.submission.cell_text import bound_names, defined_in_text
from grader.notebook.submission.notes import position
from grader.notebook.submission.rebuild import Rebuilt, place_of

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")


def explained(
    run: CellRun, cells: Sequence[NotebookNode], runs: Mapping[int, CellRun], index: int
) -> CellRun:
    """How a cell went; a name that it missed with the cell that should have defined it.

    Args:
        run: how it went.
        cells: of the rebuilt notebook.
        runs: how other cells went, by index.
        index: its own.
    """
    if run.status is not CellStatus.RAISED or not (name := missed(run.error, run.message)):
        return run
    for ahead in sorted((place for place in runs if place < index), reverse=True):
        before, cell = runs[ahead], cells[ahead]
        if hidden := hidden_by_magic(name, cell.source, _named(cell)):
            return replace(run, advice=hidden)
        if before.status is CellStatus.RAISED and name in bound_names(cell.source):
            error = f"{before.error}: {before.message}".rstrip(": .")[:200]
            advice = gettext(
                "{name} is defined in {cell}, which stopped before that with {error}: correct that "
                "cell, or move the line that stops it into a cell of its own.",
                name=name,
                cell=_named(cell),
                error=error,
            )
            return replace(run, advice=advice)
    return replace(run, advice=below) if (below := further_down(name, cells, index)) else run


def missed(error: str, message: str) -> str:
    """The name that an error is about, if it is that a name is not defined."""
    found = _UNDEFINED.match(message) if error == "NameError" else None
    return found[1] if found else ""


def in_test(test: str, finding: Finding, definers: Mapping[str, str], rebuilt: Rebuilt) -> str:
    """What to do about a name that a test misses, or code that it calls; empty if not known.

    Args:
        test: its ``grade_id``.
        finding: what came of it.
        definers: the solution cell that is to define a name.
        rebuilt: the notebook.
    """
    name, cells = missed(finding.error, finding.message), rebuilt.notebook.cells
    place = _place(test, cells)
    is_of_test = finding.kind is FindingKind.NAME_UNDEFINED and not finding.note
    if name and not is_of_test:  # a line of the student's code misses it
        if finding.note and not finding.note.endswith("`."):  # a check says what to do
            return ""
        below = further_down(name, cells, place)
        return f"{finding.note} {below}".strip() if below else ""
    return _to_be_defined(name, definers[name], cells, place) if name in definers else ""


def _to_be_defined(name: str, answer: str, cells: Sequence[NotebookNode], test: int) -> str:
    """What to do about a name that a test misses and a solution cell should define."""
    called, place = gettext("the cell `{name}`", name=answer), _place(answer, cells)
    source = cells[place].source if place < len(cells) else ""
    if said := hidden_by_magic(name, source, called):
        return said
    if place > test and name in bound_names(source):
        return gettext(
            "{cell} defines it, and stands below this test: cells run from top to bottom. Define "
            "`{name}` above the test.",
            cell=_begun(called),
            name=name,
        )
    return further_down(name, cells, test) or gettext(
        "Define `{name}` in the cell `{cell}`, by just this name.", name=name, cell=answer
    )


def _place(name: str, cells: Sequence[NotebookNode]) -> int:
    """Where the first cell of that ``grade_id`` stands; behind the last one if none does."""
    return next((n for n, cell in enumerate(cells) if grade_id(cell) == name), len(cells))


def further_down(name: str, cells: Sequence[NotebookNode], index: int) -> str:
    """What is said of a cell of the student's that defines a name too late; else nothing.

    Args:
        name: that is missed.
        cells: of the rebuilt notebook.
        index: of the cell or test that misses it.
    """
    for cell in cells[index + 1 :]:
        own = part_of(cell) or place_of(cell) is not None
        if own and cell.cell_type == "code" and name in bound_names(cell.source):
            return gettext(
                "{cell} defines it, and stands further down: cells run from top to bottom. Define "
                "`{name}` above.",
                cell=_begun(_named(cell)),
                name=name,
            )
    return ""


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


def _begun(called: str) -> str:
    """A cell at the beginning of a sentence."""
    return called[:1].upper() + called[1:]


def _named(cell: NotebookNode) -> str:
    """A cell as a student knows it."""
    if answer := part_of(cell):
        return gettext("the cell `{name}`", name=answer)
    place = place_of(cell)
    return position(place) if place is not None else gettext("a cell above")
