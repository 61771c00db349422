"""How many of a class have read each hint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from grader.model import CellHints


@dataclass(frozen=True)
class HintUse:
    """One hint, and who has read it by their own account.

    Attributes:
        cell: the solution cell that it is for.
        number: of the hint, from 1.
        text: of the hint.
        students: in the order of the class.
    """

    cell: str
    number: int
    text: str
    students: tuple[str, ...]


def uses(
    cells: Sequence[CellHints], read: Mapping[str, Set[tuple[str, int]]]
) -> tuple[HintUse, ...]:
    """Every hint of an assignment with its readers.

    Args:
        cells: the hints, in notebook order.
        read: student to cell and number of each hint.
    """
    return tuple(
        HintUse(
            each.cell, number, text, tuple(s for s, h in read.items() if (each.cell, number) in h)
        )
        for each in cells
        for number, text in enumerate(each.steps, 1)
    )
