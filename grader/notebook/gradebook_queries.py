"""What is read from nbgrader's gradebook for a whole class at once, each with one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy.exc
from nbgrader import api
from sqlalchemy import case
from sqlalchemy.sql import functions

from grader.model import Score
from grader.notebook import gradebook, gradebook_errors
from grader.notebook.submission import paths
from grader.settings import Settings


def scored(settings: Settings, name: str) -> frozenset[str]:
    """Students for whom the gradebook has a score of an assignment that a verdict gave.

    Raises:
        ConfigurationError: the gradebook cannot be read.
    """
    query = _graded_cells(api.SubmittedAssignment.student_id).where(
        api.Assignment.name == name, api.Grade.auto_score.is_not(None)
    )
    return frozenset(student for (student,) in rows(settings, query.distinct()))


def scores(settings: Settings, name: str, students: Sequence[str] = ()) -> dict[str, Score]:
    """Each student's score of an assignment, from one query: fast for a large class, too.

    Args:
        settings: the course.
        name: the assignment.
        students: only these; everyone in the gradebook, if left out.

    Raises:
        ConfigurationError: the gradebook cannot be read.
    """
    graded, task = api.GradeCell.__table__, api.TaskCell.__table__
    worth = functions.coalesce(graded.c.max_score, task.c.max_score, 0.0)
    query = (
        _graded_cells(
            api.SubmittedAssignment.student_id,
            functions.sum(api.Grade.score),
            functions.max(functions.coalesce(api.SubmittedNotebook.late_submission_penalty, 0.0)),
            functions.sum(worth),
            functions.sum(case((api.Grade.needs_manual_grade, worth), else_=0.0)),
        )
        .outerjoin(graded, graded.c.id == api.Grade.cell_id)
        .outerjoin(task, task.c.id == api.Grade.cell_id)
        .where(api.Assignment.name == name)
        .group_by(api.SubmittedAssignment.student_id)
    )
    if students:
        query = query.where(api.SubmittedAssignment.student_id.in_(students))
    return {
        student: Score(max(0.0, earned - penalty), possible, to_mark)
        for student, earned, penalty, possible, to_mark in rows(settings, query)
    }


@dataclass(frozen=True)
class HandedIn:
    """What the gradebook notes of a submission: when it came, in UTC, and the extension."""

    when: datetime | None
    extension: timedelta


@dataclass(frozen=True)
class Enrolment:
    """Whom the gradebook knows, and what it notes of an assignment.

    Attributes:
        due: when the assignment is due, in UTC; None for never, or for an unknown one.
        students: ids of everybody in the gradebook.
        submissions: student to what is noted of the submission, where there is one.
    """

    due: datetime | None
    students: tuple[str, ...]
    submissions: Mapping[str, HandedIn]


def enrolment(settings: Settings, name: str) -> Enrolment:
    """Look up who is enrolled, and when they handed in an assignment.

    Raises:
        ConfigurationError: the gradebook cannot be read.
    """
    due = rows(settings, sqlalchemy.select(api.Assignment.duedate).filter_by(name=name))
    students = rows(settings, sqlalchemy.select(api.Student.id))
    submitted, columns = api.SubmittedAssignment, ("student_id", "timestamp", "extension")
    noted = (
        sqlalchemy.select(*(getattr(submitted, column) for column in columns))
        .join(api.Assignment, api.Assignment.id == submitted.assignment_id)
        .where(api.Assignment.name == name)
    )
    return Enrolment(
        due[0][0] if due else None,
        tuple(student for (student,) in students),
        {
            student: HandedIn(when, extension or timedelta())
            for student, when, extension in rows(settings, noted)
        },
    )


def rows(settings: Settings, query: Any) -> Sequence[Any]:
    """The rows of a query; raises ``ConfigurationError`` if the gradebook cannot be read.

    Nothing is made: before the first release or grade there is no gradebook, and no row.
    """
    url = paths.course_directory(settings).db_url
    if (file := gradebook.sqlite_file(url)) is not None and not file.exists():
        return ()
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            if not sqlalchemy.inspect(connection).get_table_names():
                return ()
            return connection.execute(query).all()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise gradebook_errors.unusable(url, gradebook_errors.reason(error)) from error
    finally:
        engine.dispose()


def _graded_cells(*columns: Any) -> Any:
    """A query of columns over every graded cell of every submission."""
    return (
        sqlalchemy.select(*columns)
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .join(
            api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id
        )
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
    )
