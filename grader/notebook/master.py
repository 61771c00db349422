"""Makes an assignment's master from its source notebook, with nbgrader's own preprocessors."""

from __future__ import annotations

import copy
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from grader.errors import CourseError
from grader.settings import Settings

# As nbgrader's GenerateAssignment does it, but hidden tests stay: this is what gets graded.
_COMPILE = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)


def compile_master(source: NotebookNode, path: Path, settings: Settings) -> NotebookNode:
    """The master: the source with stubs in place of the solutions, and with its hidden tests.

    Raises:
        CourseError: nbgrader refuses the source, for example for two cells of one ``grade_id``.
    """
    notebook, resources = copy.deepcopy(source), {"nbgrader": {"notebook": path.stem}}
    try:
        for preprocessor in _COMPILE:
            notebook, resources = preprocessor(config=settings.config).preprocess(
                notebook, resources
            )
    except (RuntimeError, ValidationError) as error:
        raise CourseError(f"{path} cannot be compiled: {error}") from error
    return notebook


def released_texts(master: NotebookNode, path: Path, settings: Settings) -> dict[str, str]:
    """The text of each cell as students get it: without hidden tests; by the cell's id.

    Raises:
        CourseError: a hidden test begins and does not end.
    """
    clear = ClearHiddenTests(config=settings.config)
    resources = {"nbgrader": {"notebook": path.stem}}
    try:
        notebook, _ = clear.preprocess(copy.deepcopy(master), resources)
    except RuntimeError as error:
        raise CourseError(
            f"{path}: its hidden tests cannot be told from the others ({error}): expected "
            "### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS in a test cell"
        ) from error
    return {cell.id: cell.source for cell in notebook.cells}
