"""A sample as it is on the student's machine."""

from __future__ import annotations

from nbformat import NotebookNode

from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.samples import Sample, compose


def as_student_has_it(assignment: Assignment, sample: Sample) -> NotebookNode:
    """The sample's notebook with the text that was released, and no more."""
    notebook = compose(assignment, sample)
    for cell in notebook.cells:
        if grade_id(cell) not in assignment.solution_ids:
            cell.source = assignment.released.get(cell.id, cell.source)
    return notebook
