"""What of an assignment its students can see: the tests of the release, without the hidden ones.

What is judged by it cannot tell a student anything about a hidden test, since none has run: no
outcome, no message, no time, and nothing that the student's code noted when it was called.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import re
from collections.abc import Mapping

from nbformat import NotebookNode

from grader.examiner import names
from grader.notebook.assignment import Assignment, claims_of, grade_id, is_claim, source_path
from grader.parsing import parse
from grader.settings import Settings

# Statements that say nothing of a student's work: a test cell of nothing else tests nothing.
_PREPARE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.Pass)


@dataclasses.dataclass(frozen=True)
class VisibleAssignment:
    """The part of an assignment that students see.

    Attributes:
        assignment: holds only visible tests; of a test cell with a hidden part, the visible part.
        hidden: names of the claims that it lacks, in notebook order.
        part_hidden: names of the claims of which it holds a part.
    """

    assignment: Assignment
    hidden: tuple[str, ...]
    part_hidden: tuple[str, ...]

    @property
    def withheld(self) -> tuple[str, ...]:
        """Names of all claims that a hidden test belongs to, in no particular order."""
        return self.hidden + self.part_hidden


def visible_assignment(settings: Settings, assignment: Assignment) -> VisibleAssignment:
    """Leave out what nbgrader leaves out of a release."""
    source, hidden, part_hidden = _cleared(assignment.source, assignment.released)
    master, _, _ = _cleared(assignment.master, assignment.released)
    path = source_path(settings, assignment.name)
    visible = dataclasses.replace(
        assignment, source=source, master=master, claims=claims_of(source, path)
    )
    return VisibleAssignment(visible, hidden, part_hidden)


def _cleared(
    notebook: NotebookNode, released: Mapping[str, str]
) -> tuple[NotebookNode, tuple[str, ...], tuple[str, ...]]:
    """A copy without hidden tests; names of the claims that are gone, and of those cut."""
    cleared = copy.deepcopy(notebook)
    hidden, part_hidden = [], []
    for cell in cleared.cells:
        if not is_claim(cell) or cell.source == released[cell.id]:
            continue
        cell.source = released[cell.id]
        if _tests_something(cell.source):
            part_hidden.append(grade_id(cell))
        else:
            hidden.append(grade_id(cell))
            _empty(cell)
    return cleared, tuple(hidden), tuple(part_hidden)


def _tests_something(source: str) -> bool:
    """Whether a test cell still makes a claim, and holds a statement that can fail."""
    if not re.search(r"^# Claim: ", source, re.MULTILINE) or not names.is_python(source):
        return False
    return not all(
        isinstance(statement, _PREPARE)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in parse(source).body
    )


def _empty(cell: NotebookNode) -> None:
    """Make a test cell a cell that does nothing; it keeps its place in the notebook.

    Not an empty one: a student's empty cells would be taken for copies of it.
    """
    cell.source = "# The place of a hidden test."
    cell.metadata.nbgrader.grade = False
    cell.metadata.nbgrader.pop("points", None)
