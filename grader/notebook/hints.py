"""Hints that students may ask for: read from a source notebook, carried by the released one.

An author writes them as comments at the top of a solution, ``# Hint 1: ...``, where nbgrader takes
them out. A line that goes on with a hint begins with ``#`` and two blanks or more.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from grader.errors import CourseError
from grader.examiner.wanted import wanted
from grader.model import CellHints
from grader.notebook.assignment import Assignment, grade_id, is_claim, is_solution
from grader.sandbox.guest.name_patterns import picked

_METADATA = "grader_hints"  # of a released notebook
_FORMAT = 1

_HINT = re.compile(r"[ \t]*# Hint (?P<number>\d+): *(?P<text>.*)")
_MORE = re.compile(r"[ \t]*#[ \t]{2,}(?P<text>\S.*)")


@dataclass(frozen=True)
class Hints:
    """What a released notebook carries.

    Attributes:
        cells: the hints for each solution cell that has some, in notebook order.
        recorded: whether the course asks which hints students have read.
    """

    cells: tuple[CellHints, ...]
    recorded: bool = False


def of_assignment(assignment: Assignment) -> tuple[CellHints, ...]:
    """The hints in an assignment's source notebook.

    Raises:
        CourseError: hints that are not numbered 1, 2, 3, that say nothing, or that students would
            see in the cell.
    """
    found = []
    for cell in _solutions(assignment.source):
        if steps := _steps(cell, assignment.name):
            name = grade_id(cell)
            defines = tuple(n for n, definer in assignment.definers.items() if definer == name)
            found.append(CellHints(name, steps, defines, _claims(assignment, frozenset(defines))))
    for cell in _solutions(assignment.master):
        if any(_HINT.match(line) for line in cell.source.splitlines()):
            raise CourseError(
                f"{assignment.name}, cell {grade_id(cell)}: found a line '# Hint 1: ...' that "
                "students would see, expected it between ### BEGIN SOLUTION and ### END SOLUTION"
            )
    return tuple(found)


def without(assignment: Assignment) -> tuple[str, ...]:
    """The solution cells that have no hints, if others have; else none."""
    hinted = {each.cell for each in of_assignment(assignment)}
    cells = [grade_id(cell) for cell in _solutions(assignment.source)]
    return tuple(name for name in cells if name not in hinted) if hinted else ()


def put_into(notebook: NotebookNode, hints: Hints) -> None:
    """Let a notebook that is to be released carry hints."""
    cells = [dataclasses.asdict(each) for each in hints.cells]
    notebook.metadata[_METADATA] = {"format": _FORMAT, "recorded": hints.recorded, "cells": cells}


def carried_by(notebook: Mapping[str, Any]) -> Hints | None:
    """The hints that a notebook carries; None where it carries none, or none that can be read."""
    try:
        carried = notebook["metadata"][_METADATA]
        if carried["format"] != _FORMAT:
            return None
        cells = tuple(_read(each) for each in carried["cells"])
        return Hints(cells, carried["recorded"] is True) if cells else None
    except (KeyError, TypeError, AttributeError):
        return None


def _read(each: Mapping[str, Any]) -> CellHints:
    steps, defines, claims = (tuple(map(str, each[k])) for k in ("steps", "defines", "claims"))
    return CellHints(str(each["cell"]), steps, defines, claims)


def _solutions(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code" and is_solution(cell))


def _steps(cell: NotebookNode, assignment: str) -> tuple[str, ...]:
    steps: list[str] = []
    going_on = False  # whether the line above belongs to a hint
    for line in cell.source.splitlines():
        hint, more = _HINT.match(line), _MORE.match(line)
        if hint is not None:
            _require(hint, len(steps) + 1, f"{assignment}, cell {grade_id(cell)}")
            steps.append(hint["text"].strip())
        elif more is not None and going_on:
            steps[-1] += f" {more['text'].strip()}"
        going_on = hint is not None or (more is not None and going_on)
    return tuple(steps)


def _require(hint: re.Match[str], number: int, where: str) -> None:
    if int(hint["number"]) != number or not hint["text"].strip():
        raise CourseError(
            f"{where}: found '{hint.group().strip()}', expected '# Hint {number}: ' and a sentence"
        )


def _claims(assignment: Assignment, defines: frozenset[str]) -> tuple[str, ...]:
    """The claims whose tests use one of these names."""
    return tuple(
        grade_id(cell)
        for cell in assignment.source.cells
        if is_claim(cell) and picked(defines, sorted(wanted(cell.source)))
    )
