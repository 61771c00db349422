"""The questions of an assignment that a person marks."""

from __future__ import annotations

from collections.abc import Iterator

from nbgrader import utils

from grader.errors import CourseError
from grader.notebook.assignment import Assignment, grade_id
from grader.notebook.sanitize import markdown
from grader.reports.marking_page import Question


def questions(assignment: Assignment) -> tuple[Question, ...]:
    """The cells that a person marks, in notebook order, each with the text ahead of it.

    Raises:
        CourseError: there is none.
    """
    found = tuple(_questions(assignment))
    if not found:
        raise CourseError(
            f"{assignment.name} has no answer that a person marks: expected a cell of nbgrader's "
            "kind manually graded answer in its source notebook"
        )
    return found


def find(known: tuple[Question, ...], name: str) -> Question:
    """A question by its name, the first one if it is empty; raises ``CourseError``."""
    for question in known:
        if name in ("", question.name):
            return question
    raise CourseError(
        f"no question is called {name!r}: expected one of {', '.join(q.name for q in known)}"
    )


def _questions(assignment: Assignment) -> Iterator[Question]:
    written, asked = assignment.written, ""
    for cell in assignment.master.cells:
        if (name := grade_id(cell)) in written:
            yield Question(name, written[name], markdown.render(asked))
        if cell.cell_type == "markdown" and not utils.is_solution(cell):
            asked = cell.source
