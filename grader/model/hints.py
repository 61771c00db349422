"""Hints that students may ask for, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CellHints:
    """The hints for one solution cell.

    Attributes:
        cell: its ``grade_id``.
        steps: from a general pointer to a concrete one.
        defines: the names that the cell is to define.
        claims: those whose tests use one of these names.
    """

    cell: str
    steps: tuple[str, ...]
    defines: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
