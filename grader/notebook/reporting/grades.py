"""Reads scores, comments and the late penalty of a submission from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook

from grader.errors import CourseError


@dataclass(frozen=True)
class Grade:
    """The score of one graded cell.

    Attributes:
        score: extra credit included; None while the cell waits for a person.
        points: what the cell is worth.
        by_hand: whether a person gave the score, or changed it.
        to_mark: whether a person still has to mark it, as after it was graded again.
    """

    score: float | None
    points: float
    by_hand: bool
    to_mark: bool = False


@dataclass(frozen=True)
class Grades:
    """The grades of one submission.

    Attributes:
        student_name: as the gradebook has it, else empty.
        score: of all cells, late penalty taken off.
        max_score: of all cells.
        late_penalty: in points; 0 for none.
        cells: ``grade_id`` to grade, for test cells and written answers.
        comments: ``grade_id`` to a person's (or nbgrader's) comment, where there is one.
        handed_in: when the work was handed in, in UTC; None where nothing says so.
        due: when it was due, with the student's extension, in UTC; None without a due date.
        seconds_late: 0 where it was in time.
    """

    student_name: str
    score: float
    max_score: float
    late_penalty: float
    cells: Mapping[str, Grade]
    comments: Mapping[str, str]
    handed_in: datetime | None = None
    due: datetime | None = None
    seconds_late: float = 0.0


def read(url: str, assignment: str, student: str) -> Grades:
    """Look up a submission in the gradebook; raises ``CourseError`` if it is not there."""
    with Gradebook(url) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(assignment, assignment, student)
        except MissingEntry:
            raise unknown(assignment, student) from None
        return _grades(notebook)


def read_class(url: str, assignment: str) -> dict[str, Grades]:
    """Look up everyone who has a submission in the gradebook, by nbgrader's id."""
    with Gradebook(url) as gradebook:
        try:
            notebook = gradebook.find_notebook(assignment, assignment)
        except MissingEntry:
            return {}
        return {submitted.student.id: _grades(submitted) for submitted in notebook.submissions}


def unknown(assignment: str, student: str) -> CourseError:
    """The error for a submission that is not in the gradebook."""
    return CourseError(
        f"{student} has no grades for {assignment} in the gradebook: "
        f"grade it first (grader grade {assignment})"
    )


def _grades(notebook: SubmittedNotebook) -> Grades:
    penalty = notebook.late_submission_penalty or 0.0
    names = (notebook.student.first_name, notebook.student.last_name)
    return Grades(
        student_name=" ".join(name for name in names if name),
        score=notebook.score - penalty,
        max_score=notebook.max_score,
        late_penalty=penalty,
        cells={
            grade.name: Grade(
                score=None if grade.manual_score is grade.auto_score is None else grade.score,
                points=grade.max_score,
                by_hand=grade.manual_score is not None or bool(grade.extra_credit),
                to_mark=grade.needs_manual_grade,
            )
            for grade in notebook.grades
        },
        comments={said.name: said.comment for said in notebook.comments if said.comment},
        handed_in=notebook.assignment.timestamp,
        due=notebook.assignment.duedate,
        seconds_late=notebook.assignment.total_seconds_late,
    )
