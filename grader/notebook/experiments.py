"""Experiments: given cells that students run, and that grading leaves out because they cost time.

An instructor marks one with the tag ``experiment`` in the source notebook. No claim may rest on it,
so no other cell of the course's may use a name that it binds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

from grader.errors import CourseError
from grader.examiner import names
from grader.examiner.reads import reads, stores_into
from grader.language import N_, gettext
from grader.notebook.course_names import course_names
from grader.notebook.given_imports import given_imports, imports
from grader.notebook.magics import is_other_language, seen_through
from grader.parsing import parse

TAG = "experiment"

# What stands below one in the autograded notebook, in place of the student's outputs.
_NOT_RUN = N_("This experiment was not run again when the work was graded.")


def is_experiment(cell: NotebookNode) -> bool:
    """Whether a cell of the course's own notebook is marked as an experiment.

    Never ask this of a student's cell: anybody may set a tag.
    """
    given = not (utils.is_grade(cell) or utils.is_solution(cell))
    return bool(cell.cell_type == "code" and given and TAG in cell.metadata.get("tags", ()))


def leave_out(cell: NotebookNode) -> None:
    """Put a line in place of the outputs of a cell that is not run."""
    cell.outputs = [new_output("stream", name="stdout", text=gettext(_NOT_RUN))]


def was_left_out(cell: NotebookNode) -> bool:
    """Whether a cell of an autograded notebook is an experiment that was not run."""
    return is_experiment(cell) and [out.get("text") for out in cell.outputs] == [gettext(_NOT_RUN)]


def binds(text: str, repeatable: Mapping[str, str]) -> frozenset[str] | None:
    """Names that other cells may have from an experiment, or in a state that it left them in.

    Args:
        text: of the experiment, which a student may have changed.
        repeatable: see ``imported``: to repeat such an import binds nothing.

    Returns:
        The names; None if they do not stand in the text, as after ``from module import *``.
    """
    if is_other_language(text):
        return None if text.lstrip().startswith("%%writefile") else frozenset()
    bound = course_names([text])
    if bound is None:
        return None
    python = seen_through(text)
    repeated = {name for name, said in imports(parse(python)) if repeatable.get(name) == said}
    return (bound | stores_into(python)) - repeated


def imported(source: NotebookNode) -> Mapping[str, str]:
    """The imports that given cells make which are no experiments; see ``given_imports``."""
    cells = [cell for cell in source.cells if not is_experiment(cell)]
    return given_imports(NotebookNode(source, cells=cells))


def require_apart(source: NotebookNode, path: Path) -> None:
    """Refuse a source notebook in which another cell needs an experiment.

    Args:
        source: the instructor's notebook.
        path: of the notebook, for the message.

    Raises:
        CourseError: a cell uses a name that an experiment binds, or is marked and is none.
    """
    cells = [cell for cell in source.cells if cell.cell_type == "code"]
    repeatable = imported(source)
    for cell in cells:
        _require_given(cell, path)
        if is_experiment(cell):
            bound = _known(cell, binds(cell.source, repeatable), path)
            for other in cells:
                _require_unused(bound, cell, other, path)


def _require_given(cell: NotebookNode, path: Path) -> None:
    if TAG in cell.metadata.get("tags", ()) and not is_experiment(cell):
        raise CourseError(
            f"{path}, cell {_name(cell)}: found the tag {TAG} on a cell of nbgrader's, expected it "
            "on cells that are neither solutions nor tests. Remove the tag"
        )


def _known(cell: NotebookNode, bound: frozenset[str] | None, path: Path) -> frozenset[str]:
    if bound is None:
        raise CourseError(
            f"{path}, experiment {_name(cell)}: the names that it binds cannot be read from its "
            "text. Expected plain Python without import *, exec, globals and %run"
        )
    return bound


def _require_unused(
    bound: frozenset[str], experiment: NotebookNode, other: NotebookNode, path: Path
) -> None:
    text = seen_through(other.source)
    if is_experiment(other) or not names.is_python(text):
        return
    if shared := sorted(reads(text) & bound):
        raise CourseError(
            f"{path}, cell {_name(other)}: uses {', '.join(shared)}, which the experiment "
            f"{_name(experiment)} binds. Experiments are not run while work is graded: bind the "
            "name in a given cell, or use another name in the experiment"
        )


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)
