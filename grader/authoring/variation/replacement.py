"""Replaces texts of a notebook by others, in a way that can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.errors import CourseError


@dataclass(frozen=True)
class Replacement:
    """Texts that take the place of others.

    Attributes:
        choice: name of the choice that it belongs to, for messages.
        texts: the new text of each old one.
        cells: ids of the cells in which it is done; empty: in all.
    """

    choice: str
    texts: Mapping[str, str]
    cells: tuple[str, ...] = ()

    def undone(self) -> Replacement:
        """The way back."""
        return Replacement(self.choice, {new: old for old, new in self.texts.items()}, self.cells)


def apply(notebook: NotebookNode, replacements: Iterable[Replacement]) -> frozenset[str]:
    """Carry out all replacements at once, in the notebook itself.

    A text counts where it is not part of a longer word or number: 0.998 is not found in 0.9985.

    Returns:
        The ids of the cells that changed.

    Raises:
        CourseError: a text is nowhere, or the change could not be undone later, since a new text
            stands in the cell already. The notebook is as before then.
    """
    replacements = tuple(replacements)
    _require_present(notebook, replacements)
    changed = {}
    for cell in notebook.cells:
        new = _replaced(cell, cell.source, replacements)
        back = _replaced(cell, new, [each.undone() for each in replacements])
        if back != cell.source:
            names = ", ".join(each.choice for each in replacements)
            raise CourseError(
                f"cell {cell.id} could not be changed back ({names}): a new text stands in it "
                "already; expected new texts that the cell does not have, or cells that leave it "
                "out"
            )
        if new != cell.source:
            changed[cell.id] = new
    for cell in notebook.cells:
        cell.source = changed.get(cell.id, cell.source)
    return frozenset(changed)


def _require_present(notebook: NotebookNode, replacements: Iterable[Replacement]) -> None:
    """Raise ``CourseError`` for a text, or a cell's id, that the notebook does not have."""
    ids = {cell.id for cell in notebook.cells}
    for each in replacements:
        if missing := [cell for cell in each.cells if cell not in ids]:
            raise CourseError(
                f"choice {each.choice}: the notebook has no cell {missing[0]}; expected the id of "
                "one of its cells"
            )
        for text in each.texts:
            if not any(
                _holds(cell, each) and _pattern([text]).search(cell.source)
                for cell in notebook.cells
            ):
                raise CourseError(
                    f"choice {each.choice}: {text!r} is not in the notebook; expected a text as it "
                    "stands in one of the cells"
                )


def _holds(cell: NotebookNode, replacement: Replacement) -> bool:
    return not replacement.cells or cell.id in replacement.cells


def _replaced(cell: NotebookNode, text: str, replacements: Iterable[Replacement]) -> str:
    new: dict[str, str] = {}
    for each in replacements:
        new |= each.texts if _holds(cell, each) else {}
    return _pattern(new).sub(lambda found: new[found[0]], text) if new else text


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds each text as a whole, the longest first."""
    return re.compile("|".join(_whole(text) for text in sorted(texts, key=len, reverse=True)))


def _whole(text: str) -> str:
    before = r"(?<!\w)" if text[0].isalnum() else ""
    before += r"(?<!\d\.)" if text[0].isdigit() else ""  # no part of a longer number
    after = r"(?!\w|\.\d)" if text[-1].isalnum() else ""
    return before + re.escape(text) + after
