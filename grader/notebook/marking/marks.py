"""Writes a person's marks and comments into nbgrader's gradebook, as the formgrader does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from grader.errors import CourseError
from grader.notebook import course_lock, gradebook, late_penalties
from grader.notebook.marking import answers
from grader.reports.marking_page import Answer, Question
from grader.settings import Settings

_COMMENT = 5000  # characters at most
_WAIT_SECONDS = 10.0  # for another process that writes the gradebook


@dataclass(frozen=True)
class Saved:
    """What became of the mark on one answer.

    Attributes:
        answer: as it is now; None where there is none.
        problem: why nothing was saved; empty if it was.
    """

    answer: Answer | None
    problem: str = ""


def save(
    settings: Settings,
    assignment: str,
    question: Question,
    versions: Mapping[str, str],
    *,
    points: float,
    comment: str,
) -> dict[str, Saved]:
    """Give answers the same points and the same comment.

    Args:
        settings: the course.
        assignment: its name.
        question: that was answered.
        versions: the student of each answer, to the version that the person saw.
        points: from 0 to what the question is worth.
        comment: for the students; empty for none.

    Returns:
        Each student, to what became of the mark: one that was given elsewhere since is kept.

    Raises:
        CourseError: points or a comment that are not possible.
        ConfigurationError: another process keeps the gradebook, or it cannot be written.
    """
    if not 0 <= points <= question.points:
        raise CourseError(f"{points:g} points were given: expected 0 to {question.points:g}")
    if len(comment) > _COMMENT:
        raise CourseError(f"the comment has {len(comment)} characters: expected at most {_COMMENT}")
    students, problems = list(versions), dict[str, str]()
    with course_lock.writing(settings, _WAIT_SECONDS):
        seen = answers.read_some(settings, assignment, question.name, students)
        with gradebook.opened(settings) as book:
            for student, version in versions.items():
                place = question.name, assignment, assignment, student
                try:
                    _require_version(seen.get(student), version, place)
                    _write(book, place, points, comment.strip())
                except CourseError as error:
                    problems[student] = str(error)
    late_penalties.refresh(settings, assignment, [s for s in students if s not in problems])
    now = answers.read_some(settings, assignment, question.name, students)
    return {s: Saved(now.get(s), problems.get(s, "")) for s in students}


def _require_version(answer: Answer | None, version: str, place: tuple[str, str, str, str]) -> None:
    question, assignment, _, student = place
    if answer is None:
        raise answers.no_answer(assignment, question, student)
    if answer.version != version:
        raise CourseError(
            f"{student}'s answer, or its mark, was changed elsewhere since this page was loaded: "
            "nothing was saved; look at it again"
        )


def _write(book: Gradebook, place: tuple[str, str, str, str], points: float, comment: str) -> None:
    try:
        grade = book.find_grade(*place)
        said = book.find_comment(*place)
    except MissingEntry as error:
        raise CourseError(f"the gradebook has no entry of {place[-1]}: grade it first") from error
    grade.manual_score, grade.needs_manual_grade = points, False
    said.manual_comment = comment or None
    book.db.commit()
