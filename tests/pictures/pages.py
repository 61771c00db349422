"""Pages to look at: the report on a made-up class, and an exercise as a student runs it."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from grader import kernelspec
from grader.notebook.assignment import grade_id
from grader.reports.class_report import html_page as class_page
from tests.conftest import ROOT
from tests.reports.classes import made_up

EXERCISE = "convolution_from_scratch"
STUDENTS = 200

# Half of a student's work: one cell is wrong, one is not written, and a loop ends where it began.
CONVOLVE = """\
def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    for row in range(1, image.shape[0] - 1):
        for column in range(1, image.shape[1] - 1):
            window = image[row - 1 : row + 2, column - 1 : column + 2]
            result[row, column] = weight * np.sum(window * kernel)
    return result
"""
_TESTED = ("convolve", "convolve_weight", "convolve_clips", "max_pool_shape")


def write_report(folder: Path) -> None:
    """Write the report on a class of 200."""
    class_page.write(made_up(STUDENTS), folder)


def write_notebook(folder: Path) -> Path:
    """Run half of an exercise as a student does, and write it as JupyterLab shows it.

    Returns:
        The notebook, as it was saved before it ran.
    """
    saved = _half_done()
    file = folder / f"{EXERCISE}.ipynb"
    nbformat.write(saved, file)
    shown = nbformat.from_dict({**saved, "cells": _shown(saved)})
    client = NotebookClient(
        shown,
        kernel_name=kernelspec.NAME,
        allow_errors=True,
        timeout=300,
        resources={"metadata": {"path": str(folder)}},
    )
    # As Jupyter does: a kernel is told its notebook.
    client.execute(env={**os.environ, "JPY_SESSION_NAME": str(file)})
    shown.cells = [cell for cell in shown.cells if not cell.metadata.get("given")]
    for theme in ("light", "dark"):
        text, _ = HTMLExporter(theme=theme, exclude_input_prompt=False).from_notebook_node(shown)
        (folder / f"notebook_{theme}.html").write_text(text)
    return file


def _half_done() -> NotebookNode:
    """The exercise as it is handed out, with one solution written."""
    released = ROOT / "release" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        if grade_id(cell) == "convolve":
            cell.source = CONVOLVE
    return notebook


def _shown(notebook: NotebookNode) -> list[NotebookNode]:
    """The given cells, which run and are left out of the picture, and some of the others."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if grade_id(cell) in _TESTED:
            cells.append(cell)
        elif not cells:
            cell.metadata["given"] = True
            cells.append(cell)
    check = nbformat.v4.new_code_cell("%check")
    return [*cells, check]
