"""The answer of ``%hint``: the next hint of a solution cell, or which cells have hints."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from grader.language import gettext
from grader.model import CellHints
from grader.notebook.hints import Hints

MORE = "more"
_LENGTH = 60  # characters that are repeated of what was asked


@dataclass(frozen=True)
class Answer:
    """What a student is shown.

    Attributes:
        title: a cell, or what the answer is about.
        steps: the hints that were asked for so far, or a list of cells.
        below: what can be done next; a sentence each.
        numbered: whether ``steps`` are hints, in their order.
        shown: the cell whose hints these are; or empty.
    """

    title: str
    steps: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    numbered: bool = False
    shown: str = ""


def answer(hints: Hints, words: list[str], opened: MutableMapping[str, int]) -> Answer:
    """Answer ``%hint``, ``%hint NAME`` or ``%hint NAME more``.

    Args:
        hints: those of the notebook.
        words: what stands behind ``%hint``.
        opened: how many hints of each cell were shown so far; counted on here.
    """
    if not words:
        return _listed(hints)
    name, options = words[0][:_LENGTH], words[1:]
    if options not in ([], [MORE]):
        return Answer(
            gettext("`%hint` does not know `{words}`.", words=" ".join(options)[:_LENGTH]),
            below=(gettext("Write `%hint NAME`, or `%hint NAME more` for the next hint."),),
        )
    cells = _meant(hints, name)
    if len(cells) != 1:
        return _several(name, cells) if cells else _unknown(hints, name)
    (cell,) = cells
    before = opened.get(cell.cell, 0)
    opened[cell.cell] = min(max(before, 1) + (before > 0 and bool(options)), len(cell.steps))
    return _steps(cell, opened[cell.cell], asked=before > 0 and bool(options), before=before)


def _steps(cell: CellHints, count: int, asked: bool, before: int) -> Answer:
    """The first hints of a cell."""
    whole = len(cell.steps)
    if count < whole:
        below = gettext("`%hint {name} more` shows the next hint.", name=cell.cell)
    elif asked and before == whole:
        below = gettext(
            "There are no more hints for this cell. Ask your instructor, and show your code."
        )
    else:
        below = gettext("This is the last hint for this cell.")
    title = gettext("`{cell}`: hint {count} of {whole}", cell=cell.cell, count=count, whole=whole)
    return Answer(title, cell.steps[:count], (below,), numbered=True, shown=cell.cell)


def _listed(hints: Hints) -> Answer:
    lines = tuple(f"`%hint {each.cell}` ({len(each.steps)})" for each in hints.cells)
    below = gettext("After a hint, `%hint NAME more` shows the next one for its cell.")
    return Answer(gettext("There are hints for these cells (how many):"), lines, (below,))


def _meant(hints: Hints, name: str) -> list[CellHints]:
    """The cells of this name; else those that define it; else those that a claim rests on."""
    kinds: tuple[Mapping[str, tuple[str, ...]], ...] = (
        {each.cell: (each.cell,) for each in hints.cells},
        {each.cell: each.defines for each in hints.cells},
        {each.cell: each.claims for each in hints.cells},
    )
    for kind in kinds:
        if found := [each for each in hints.cells if name in kind[each.cell]]:
            return found
    return []


def _several(name: str, cells: list[CellHints]) -> Answer:
    asked = tuple(f"`%hint {each.cell}`" for each in cells)
    title = gettext("`{name}` rests on {count} cells. Choose one:", name=name, count=len(cells))
    return Answer(title, asked)


def _unknown(hints: Hints, name: str) -> Answer:
    """What there is, and what may have been meant."""
    lowered = {
        n.lower(): n for each in hints.cells for n in (*each.claims, *each.defines, each.cell)
    }
    alike = difflib.get_close_matches(name.lower(), lowered, 1)
    title = gettext("There are no hints for `{name}`.", name=name)
    if not alike:
        cells = ", ".join(f"`{each.cell}`" for each in hints.cells)
        return Answer(title, below=(gettext("There are hints for {cells}.", cells=cells),))
    meant = gettext("Did you mean `%hint {name}`?", name=lowered[alike[0]])
    return Answer(title, below=(meant, gettext("`%hint` alone lists what there is.")))
