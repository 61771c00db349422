"""Each student's grade in each assignment and what it waits for, from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nbgrader.api import Grade, Gradebook, MissingEntry, Student, SubmittedAssignment

from grader.errors import CourseError
from grader.model import Override, Score
from grader.notebook import grading_now, penalty_waits
from grader.notebook.penalty_waits import LATE_PENALTY
from grader.notebook.submission import override_file, paths
from grader.settings import Settings


class State(StrEnum):
    """Whether there is a number to export. Only ``FINAL`` will not change."""

    FINAL = "graded"
    WAITING = "waiting for a person"
    BEING_GRADED = "being graded, or grading was interrupted"
    NOT_GRADED = "handed in but not graded"
    MISSING = "nothing handed in"


@dataclass(frozen=True)
class Person:
    """A student as nbgrader's gradebook has it; a field that is not known is empty."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


@dataclass(frozen=True)
class Assignment:
    """An assignment as the gradebook knows it.

    Attributes:
        name: nbgrader's.
        max_score: of all its cells, written answers included.
        due: when it is due, in UTC; None for never.
    """

    name: str
    max_score: float
    due: datetime | None


@dataclass(frozen=True)
class Standing:
    """One student's grade in one assignment, and what it waits for.

    Attributes:
        state: see ``State``.
        raw_score: of all cells; those that wait for a person count what they have, or nothing.
        penalty: for handing in late, in points.
        handed_in: when, in UTC, where nbgrader knows it.
        waiting: ``grade_id`` of each cell that waits for a person; then the late penalty, if it
            does.
        lost: name, score and points of each graded cell without its full points.
        comments: of a person (or nbgrader), by the name of the cell; then reasons for points that
            a person decided on.
    """

    state: State
    raw_score: float = 0.0
    penalty: float = 0.0
    handed_in: datetime | None = None
    waiting: tuple[str, ...] = ()
    lost: tuple[tuple[str, float, float], ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The late penalty taken off, as in nbgrader's own export: never below 0."""
        return max(0.0, self.raw_score - self.penalty)


@dataclass(frozen=True)
class Standings:
    """A class in some assignments.

    Attributes:
        assignments: in the order of the course.
        people: the students in the gradebook, by last name.
        of: assignment's name and student's id to the standing; also of those whom the gradebook
            does not know yet and who handed in.
    """

    assignments: tuple[Assignment, ...]
    people: tuple[Person, ...]
    of: Mapping[tuple[str, str], Standing]


def read(
    gradebook: Gradebook,
    settings: Settings,
    assignments: Sequence[str] = (),
    students: Sequence[str] = (),
) -> Standings:
    """Look up a class.

    Args:
        gradebook: nbgrader's, open.
        settings: the course, which says who handed in, and the order of the assignments.
        assignments: only these; all that the gradebook knows, if left out.
        students: only these; everyone, if left out.

    Raises:
        CourseError: the gradebook does not know an assignment or a student that was named.
    """
    known = {assignment.name: assignment for assignment in gradebook.assignments}
    _require(assignments, known, "assignment", "release it first (grader release)")
    order = [*settings.assignments, *sorted(known)]
    names = [name for name in dict.fromkeys(order) if name in (assignments or known)]
    names = [name for name in names if name in known]
    people = {student.id: _person(student) for student in gradebook.students}
    _require(students, people, "student", "grade the student's work first (grader grade)")
    chosen = tuple(who for who in people.values() if not students or who.id in students)
    of: dict[tuple[str, str], Standing] = {}
    for name in names:
        filed = _filed(settings, name, {who.id for who in chosen}, others=not students)
        of |= {(name, who): _standing(gradebook, name, who, seen) for who, seen in filed.items()}
    exported = tuple(Assignment(name, known[name].max_score, known[name].duedate) for name in names)
    return Standings(exported, chosen, of)


def _require(named: Sequence[str], known: Collection[str], what: str, remedy: str) -> None:
    if unknown := [name for name in named if name not in known]:
        expected = (
            f"expected some of {', '.join(sorted(known))}" if known else f"there is no {what}"
        )
        raise CourseError(
            f"the gradebook knows no {what} {', '.join(unknown)}: {expected}; {remedy}"
        )


def _person(student: Student) -> Person:
    fields = ("id", "first_name", "last_name", "email", "lms_user_id")
    return Person(*((getattr(student, field) or "").strip() for field in fields))


@dataclass(frozen=True)
class _Filed:
    """What the course's folders hold of a student's submission."""

    handed_in: bool
    has_verdicts: bool
    being_graded: bool
    penalty_waits: bool
    decided: Sequence[Override]


def _filed(
    settings: Settings, name: str, students: Collection[str], *, others: bool
) -> dict[str, _Filed]:
    """What there is of these students, and of all ``others`` who handed in."""
    handed_in = set(paths.students(settings, name))
    doing = grading_now.being_graded(settings, name)
    ids = {*students, *(handed_in if others else ())}
    unclear = penalty_waits.waiting(settings, name, sorted(ids & handed_in))
    return {
        student: _Filed(
            handed_in=student in handed_in,
            has_verdicts=paths.submission(settings, student, name).verdict_file.exists(),
            being_graded=student in doing,
            penalty_waits=student in unclear,
            decided=override_file.read(settings, student, name),
        )
        for student in ids
    }


def _standing(gradebook: Gradebook, name: str, student: str, filed: _Filed) -> Standing:
    if filed.being_graded:
        return Standing(State.BEING_GRADED)
    try:
        submission = gradebook.find_submission(name, student)
    except (MissingEntry, UnicodeEncodeError):  # no id in a database has half a character
        return Standing(State.NOT_GRADED if filed.handed_in else State.MISSING)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if not filed.has_verdicts and _nothing_scored(submission):
        return Standing(State.BEING_GRADED)
    waiting = tuple(sorted(grade.name for grade in grades if grade.needs_manual_grade))
    waiting += (LATE_PENALTY,) if filed.penalty_waits else ()
    return Standing(
        state=State.WAITING if waiting else State.FINAL,
        raw_score=submission.score,
        penalty=submission.late_submission_penalty or 0.0,
        handed_in=submission.timestamp,
        waiting=waiting,
        lost=tuple(
            sorted(
                (grade.name, grade.score, grade.max_score)
                for grade in grades
                if grade.score < grade.max_score
            )
        ),
        comments=(*_comments(submission), *_reasons(grades, filed.decided)),
    )


def _nothing_scored(submission: SubmittedAssignment) -> bool:
    """Whether no claim has a score: nbgrader makes the rows first, and fills them in later."""
    claims = [
        grade
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.name not in {cell.name for cell in notebook.notebook.solution_cells}
    ]
    return bool(claims) and all(
        grade.auto_score is None and grade.manual_score is None for grade in claims
    )


def _comments(submission: SubmittedAssignment) -> tuple[str, ...]:
    comments = [
        cell for notebook in submission.notebooks for cell in notebook.comments if cell.comment
    ]
    return tuple(cell.comment.strip() for cell in sorted(comments, key=lambda c: str(c.name)))


def _reasons(grades: Sequence[Grade], decided: Sequence[Override]) -> Iterator[str]:
    """Why a person decided on points, where the gradebook has them."""
    known = {grade.name: grade for grade in grades}
    for each in decided:
        grade = known.get(each.claim)
        if grade is not None and grade.manual_score == each.points:
            points = f"{Score(each.points, grade.max_score)} points"
            yield f"{each.claim}: {points} by a person's decision: {each.reason}"
