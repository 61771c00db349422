"""Writes a person's mark and comment into nbgrader's gradebook, as the formgrader does."""

from __future__ import annotations

from nbgrader.api import Gradebook, MissingEntry

from grader.errors import CourseError
from grader.notebook import course_lock, gradebook, late_penalties
from grader.notebook.marking import answers
from grader.reports.marking_page import Answer, Question
from grader.settings import Settings

_COMMENT = 5000  # characters at most
_WAIT_SECONDS = 10.0  # for another process that writes the gradebook


class ChangedMeanwhileError(CourseError):
    """An answer, its mark or its comment is another than the one that a person saw."""


def save(
    settings: Settings,
    assignment: str,
    question: Question,
    student: str,
    *,
    points: float,
    comment: str,
    version: str,
) -> Answer:
    """Give an answer its points and a comment; returns it as it is then.

    Args:
        settings: the course.
        assignment: its name.
        question: that was answered.
        student: nbgrader's id.
        points: from 0 to what the question is worth.
        comment: for the student; empty for none.
        version: of the answer that the person saw.

    Raises:
        ChangedMeanwhileError: it was graded, marked or commented elsewhere since.
        CourseError: points or a comment that are not possible, or no such answer.
        ConfigurationError: another process keeps the gradebook, or it cannot be written.
    """
    if not 0 <= points <= question.points:
        raise CourseError(f"{points:g} points were given: expected 0 to {question.points:g}")
    if len(comment) > _COMMENT:
        raise CourseError(f"the comment has {len(comment)} characters: expected at most {_COMMENT}")
    with course_lock.writing(settings, _WAIT_SECONDS):
        seen = answers.read_one(settings, assignment, question.name, student)
        if seen.version != version:
            raise ChangedMeanwhileError(
                f"{student}'s answer, or its mark, was changed elsewhere since this page was "
                "loaded: nothing was saved; look at it again"
            )
        with gradebook.opened(settings) as book:
            _write(book, (question.name, assignment, assignment, student), points, comment.strip())
    late_penalties.refresh(settings, assignment, [student])
    return answers.read_one(settings, assignment, question.name, student)


def _write(book: Gradebook, place: tuple[str, str, str, str], points: float, comment: str) -> None:
    try:
        grade = book.find_grade(*place)
        said = book.find_comment(*place)
    except MissingEntry as error:
        raise CourseError(f"the gradebook has no entry of {place[-1]}: grade it first") from error
    grade.manual_score, grade.needs_manual_grade = points, False
    said.manual_comment = comment or None
    book.db.commit()
