"""A class's answers to one question, with their marks: from notebooks and gradebook."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy
from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader import api
from sqlalchemy.orm import aliased

from grader.errors import CourseError
from grader.notebook import gradebook_queries, notebook_json
from grader.notebook.assignment import is_unchanged, part_of
from grader.notebook.marking import alike
from grader.notebook.reporting import feedback_outputs
from grader.notebook.sanitize import markdown
from grader.notebook.sanitize.text import escape_invisible
from grader.notebook.submission import paths
from grader.reports.marking_page import Answer
from grader.settings import Settings


@dataclass(frozen=True)
class Mark:
    """What the gradebook has of one answer.

    Attributes:
        student: nbgrader's id.
        name: the student's; empty if the gradebook has none.
        score: None if it has none.
        to_mark: whether it waits for a person.
        comment: a person's.
    """

    student: str
    name: str
    score: float | None
    to_mark: bool
    comment: str


def read(settings: Settings, assignment: str, question: str) -> tuple[Answer, ...]:
    """All answers to a question, those that are alike one after the other; empty ones last.

    Pictures are left out, as they take long: ``read_one`` has them.

    Raises:
        CourseError: nothing is graded yet.
        ConfigurationError: the gradebook cannot be read.
    """
    known = _marks(settings, assignment, question)
    texts, answers = {}, {}
    for student, mark in known.items():
        if cells := _cells(settings, assignment, question, student):
            texts[student] = "" if _untouched(cells) else _text(cells)
            answers[student] = _answer(mark, cells)
    if not answers:
        raise CourseError(
            f"no answer of {assignment} is graded yet: grade the class first "
            f"(grader grade {assignment})"
        )
    groups = alike.groups(texts)
    return tuple(
        dataclasses.replace(answers[student], group=number)
        for number, group in enumerate(groups)
        for student in group
    )


def read_one(settings: Settings, assignment: str, question: str, student: str) -> Answer:
    """One answer with its pictures, as it is now.

    Raises:
        CourseError: the student has none.
    """
    found = read_some(settings, assignment, question, [student]).get(student)
    if found is None:
        raise no_answer(assignment, question, student)
    return found


def read_some(
    settings: Settings, assignment: str, question: str, students: Sequence[str]
) -> dict[str, Answer]:
    """The answers of some students with their pictures, as they are now; no entry for none."""
    found = {}
    for student, mark in _marks(settings, assignment, question, students).items():
        if cells := _cells(settings, assignment, question, student):
            shown = feedback_outputs.collect(new_notebook(cells=cells)).of_answers.get(question, ())
            found[student] = dataclasses.replace(_answer(mark, cells), pictures=shown)
    return found


def no_answer(assignment: str, question: str, student: str) -> CourseError:
    """What is said of a student who has no graded answer."""
    return CourseError(
        f"{escape_invisible(student)} has no graded answer to {question}: grade it first "
        f"(grader grade {assignment})"
    )


def _marks(
    settings: Settings, assignment: str, question: str, students: Sequence[str] | None = None
) -> dict[str, Mark]:
    """Each student's mark, from one query; of some students only, where they are named."""
    query = _query(assignment, question)
    if students is not None:
        query = query.where(api.SubmittedAssignment.student_id.in_(students))
    return {row.student_id: _mark(row) for row in gradebook_queries.rows(settings, query)}


def _query(assignment: str, question: str) -> Any:
    graded, answered = aliased(api.BaseCell), aliased(api.SolutionCell)
    return (
        sqlalchemy.select(
            api.SubmittedAssignment.student_id,
            api.Student.first_name,
            api.Student.last_name,
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.needs_manual_grade,
            api.Grade.score.label("score"),
            api.Comment.manual_comment,
        )
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .join(api.Student, api.Student.id == api.SubmittedAssignment.student_id)
        .join(
            api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id
        )
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(graded, graded.id == api.Grade.cell_id)
        .outerjoin(
            answered, (answered.name == question) & (answered.notebook_id == graded.notebook_id)
        )
        .outerjoin(
            api.Comment,
            (api.Comment.notebook_id == api.SubmittedNotebook.id)
            & (api.Comment.cell_id == answered.id),
        )
        .where(api.Assignment.name == assignment, graded.name == question)
        .order_by(api.SubmittedAssignment.student_id)
    )


def _mark(row: Any) -> Mark:
    known = row.auto_score is not None or row.manual_score is not None
    return Mark(
        student=row.student_id,
        name=" ".join(name for name in (row.first_name, row.last_name) if name),
        score=row.score if known else None,
        to_mark=row.needs_manual_grade,
        comment=row.manual_comment or "",
    )


def _cells(settings: Settings, assignment: str, question: str, student: str) -> list[NotebookNode]:
    """The cells of an answer, in the notebook that was graded; none if there is no such file."""
    file = paths.submission(settings, student, assignment).autograded_notebook
    try:
        notebook = notebook_json.decode(file.read_bytes())
    except OSError:
        return []
    except ValueError as error:
        raise CourseError(f"{file} is no notebook ({error}): grade it again (--force)") from error
    return [cell for cell in notebook.cells if part_of(cell) == question]


def _answer(mark: Mark, cells: list[NotebookNode]) -> Answer:
    return Answer(
        student=mark.student,
        name=escape_invisible(mark.name),
        text=Markup() if _untouched(cells) else Markup("").join(_rendered(cells)),
        score=mark.score,
        to_mark=mark.to_mark,
        comment=mark.comment,
        version=_version(mark, cells),
        pictured=any(cell.get("attachments") or cell.get("outputs") for cell in cells)
        or "base64," in _text(cells),
    )


def _rendered(cells: list[NotebookNode]) -> Iterator[Markup]:
    for cell in cells:
        text = feedback_outputs.without_pictures(cell.source)
        if cell.cell_type == "markdown":
            yield markdown.render(text)
        else:
            yield Markup("<pre>{}</pre>").format(escape_invisible(text))


def _version(mark: Mark, cells: list[NotebookNode]) -> str:
    told = repr((_text(cells), mark.score, mark.to_mark, mark.comment))
    return sha256(told.encode(errors="replace")).hexdigest()


def _text(cells: list[NotebookNode]) -> str:
    return "\n\n".join(cell.source for cell in cells)


def _untouched(cells: list[NotebookNode]) -> bool:
    return all(not cell.source.strip() or is_unchanged(cell) for cell in cells)
