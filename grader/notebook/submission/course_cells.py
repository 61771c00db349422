"""The course's own cells, as recognising a student's needs to know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from nbformat import NotebookNode

from grader.notebook.assignment import Assignment, grade_id, is_claim, is_solution
from grader.notebook.experiments import is_experiment
from grader.notebook.submission.cell_text import bound_names, used_names


class Kind(Enum):
    """The purpose of a cell of the course's."""

    GIVEN_CODE = auto()
    GIVEN_TEXT = auto()
    TEST = auto()
    SOLUTION = auto()  # code that students write
    WRITTEN = auto()  # text that students write


@dataclass(frozen=True)
class CourseCell:
    """One cell of an assignment.

    Attributes:
        index: its place in the assignment's notebook.
        id: the cell's own.
        name: its ``grade_id``; empty for a cell that is none of nbgrader's.
        kind: what it is there for.
        released: the text that students got.
        graded: the text that runs when it is graded: with hidden tests.
        wanted: names that the solution binds and other cells of the course's use; only for
            ``SOLUTION``.
        experiment: whether it is a given cell that grading leaves out.
    """

    index: int
    id: str
    name: str
    kind: Kind
    released: str
    graded: str
    wanted: frozenset[str] = frozenset()
    experiment: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether students fill it in."""
        return self.kind in (Kind.SOLUTION, Kind.WRITTEN)


def course_cells(assignment: Assignment) -> tuple[CourseCell, ...]:
    """The cells of an assignment, in order."""
    wanted = _wanted(assignment)
    return tuple(
        CourseCell(
            index,
            cell.id,
            grade_id(cell),
            kind_of(cell),
            assignment.released.get(cell.id, cell.source),
            cell.source,
            wanted.get(cell.id, frozenset()),
            is_experiment(cell),
        )
        for index, cell in enumerate(assignment.master.cells)
    )


def kind_of(cell: NotebookNode) -> Kind:
    """The purpose of a cell of the assignment's notebook."""
    if is_solution(cell):
        return Kind.SOLUTION if cell.cell_type == "code" else Kind.WRITTEN
    if is_claim(cell):
        return Kind.TEST
    return Kind.GIVEN_CODE if cell.cell_type == "code" else Kind.GIVEN_TEXT


def _wanted(assignment: Assignment) -> Mapping[str, frozenset[str]]:
    """By the id of each solution cell of code: the names that other cells need of it."""
    code = [cell for cell in assignment.source.cells if cell.cell_type == "code"]
    used = {cell.id: used_names(cell.source) for cell in code}
    return {
        cell.id: bound_names(cell.source)
        & frozenset().union(*(names for id_, names in used.items() if id_ != cell.id))
        for cell in code
        if is_solution(cell)
    }
