"""Says where a student's own cell redefines a name of a solution cell that lost points.

A correction in a new cell below the tests changes no verdict above it. Students who play with their
work redefine its names there, too; so this is said only where a claim was lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nbformat import NotebookNode

from grader.language import gettext
from grader.notebook.assignment import Assignment, grade_id, part_of
from grader.notebook.submission.cell_text import bound_names
from grader.notebook.submission.course_cells import CourseCell, Kind, course_cells
from grader.notebook.submission.notes import positions
from grader.notebook.submission.rebuild import place_of


def notes(assignment: Assignment, notebook: NotebookNode, lost: Collection[str]) -> tuple[str, ...]:
    """A line for each solution cell whose names are defined again below its tests.

    Args:
        assignment: the course's.
        notebook: as it was rebuilt from a submission.
        lost: names of the claims that did not pass.
    """
    tests: dict[str, list[str]] = {}
    solution = None
    for cell in course_cells(assignment):
        solution = cell if cell.kind is Kind.SOLUTION else solution
        if solution is not None and cell.kind is Kind.TEST and cell.name in lost:
            tests.setdefault(solution.id, []).append(cell.name)
    return tuple(
        gettext(
            "cell {cell} is defined again below its tests, in {where}: the tests judge what stands "
            "above them",
            cell=cell.name,
            where=positions(places),
        )
        for cell in course_cells(assignment)
        if cell.id in tests and (places := tuple(_below(cell, notebook, tests[cell.id][0])))
    )


def _below(cell: CourseCell, notebook: NotebookNode, test: str) -> Iterator[int]:
    """The places of the student's own cells below a test that define all that a cell is to."""
    begin = next(index for index, each in enumerate(notebook.cells) if grade_id(each) == test)
    for own in notebook.cells[begin:]:
        place = place_of(own)
        if own.cell_type != "code" or place is None or part_of(own):
            continue
        if cell.wanted and cell.wanted <= bound_names(own.source):
            yield place
