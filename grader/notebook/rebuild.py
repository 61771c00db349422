"""The notebook that is graded: ours, with the text of a student's solution cells in it."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.notebook.assignments import Assignment, grade_id

_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell}


@dataclass(frozen=True)
class Rebuilt:
    """A submission set into the assignment's own notebook.

    Attributes:
        notebook: every cell, id, tag and metadata is the course's, but for the text of solution
            cells and for the student's own extra cells.
        missing: solution cells that the submission lacks; they hold the release's stub.
        untouched: solution cells that say what the release said, missing ones included.
        duplicated: solution cells that came more than once; the first copy counts.
    """

    notebook: NotebookNode
    missing: tuple[str, ...]
    untouched: tuple[str, ...]
    duplicated: tuple[str, ...]


def rebuild(assignment: Assignment, submitted: NotebookNode) -> Rebuilt:
    """Set the answers of ``submitted`` into a copy of the assignment's notebook."""
    answers, duplicated = _answers(assignment, submitted)
    extras = _extras(assignment, submitted)
    cells: list[NotebookNode] = [*extras[""]]
    untouched: list[str] = []
    for cell in copy.deepcopy(assignment.master.cells):
        name = grade_id(cell)
        if name in assignment.solution_ids:
            stub = cell.source
            cell.source = answers.get(name, stub)
            if cell.source.strip() == stub.strip():
                untouched.append(name)
        cells += [cell, *extras[cell.id]]
    notebook = copy.deepcopy(assignment.master)
    notebook.cells = cells
    missing = tuple(name for name in assignment.solution_ids if name not in answers)
    return Rebuilt(notebook, missing, tuple(untouched), tuple(duplicated))


def _answers(assignment: Assignment, submitted: NotebookNode) -> tuple[dict[str, str], list[str]]:
    """Text of each solution cell by ``grade_id``, and the ids that came more than once."""
    answers: dict[str, str] = {}
    duplicated: list[str] = []
    for cell in submitted.cells:
        name = grade_id(cell)
        if name not in assignment.solution_ids:
            continue
        if name not in answers:
            answers[name] = cell.source
        elif name not in duplicated:
            duplicated.append(name)
    return answers, duplicated


def _extras(assignment: Assignment, submitted: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The student's own cells, by the id of the course's cell that they follow ('' for none)."""
    extras: dict[str, list[NotebookNode]] = defaultdict(list)
    ours = _Ours(assignment)
    anchor = ""
    for number, cell in enumerate(submitted.cells):
        if found := ours.find(cell):
            anchor = found
        elif cell.source.strip() and cell.cell_type in _MAKE:
            extras[anchor].append(_MAKE[cell.cell_type](source=cell.source, id=f"extra-{number}"))
    return extras


class _Ours:
    """Recognises the course's cells in a submission: by grade_id, else by id, else by text."""

    def __init__(self, assignment: Assignment) -> None:
        cells = assignment.master.cells
        self._ids = {cell.id for cell in cells}
        self._by_grade_id = {grade_id(cell): cell.id for cell in cells if grade_id(cell)}
        self._by_text = {cell.source.strip(): cell.id for cell in cells}

    def find(self, cell: NotebookNode) -> str | None:
        """The id of the course's cell that ``cell`` is a copy of, or None."""
        if grade_id(cell) in self._by_grade_id:
            return str(self._by_grade_id[grade_id(cell)])
        if cell.get("id") in self._ids:
            return str(cell.id)
        return self._by_text.get(cell.source.strip())
