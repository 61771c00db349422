"""What editors and students do to the cells of a notebook, for tests."""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from grader.notebook.assignment import grade_id


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """A cell of the course's by its ``grade_id``."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def insert_after(notebook: NotebookNode, name: str, *cells: NotebookNode) -> None:
    """Insert cells after one of the course's."""
    place = notebook.cells.index(cell(notebook, name)) + 1
    notebook.cells[place:place] = cells


def copied(notebook: NotebookNode, name: str, text: str, id_: str = "second") -> NotebookNode:
    """A copy of a cell, metadata included, with another text."""
    second = copy.deepcopy(cell(notebook, name))
    second.update(source=text, id=id_)
    return second


def texts(notebook: NotebookNode) -> list[str]:
    """The texts of all cells, in order."""
    return [each.source for each in notebook.cells]


def without_metadata(notebook: NotebookNode, ids: bool = False) -> NotebookNode:
    """As other editors hand a notebook back; with new ids, or with the old ones."""
    for number, each in enumerate(notebook.cells):
        each.metadata = {}
        each.id = each.id if ids else f"colab{number}"
    return notebook
