"""Feedback for students: a page made of claims, verdicts, hints and grades, never of tests.

``grader feedback``, ``nbgrader generate_feedback`` and the formgrader's button all come through
``FeedbackExporter``, which course_config.py names.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback

from grader import settings as course_settings
from grader.errors import GraderError
from grader.model import Graded, Outcome, Verdict
from grader.notebook import assignments, autograde, folders, grades, shown, standing
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.converters import convert
from grader.notebook.grades import Grades
from grader.notebook.plain import visible
from grader.notebook.shown import Outputs
from grader.reports import feedback
from grader.reports.feedback import Answer, Judged, Page
from grader.settings import Settings

# What nbgrader itself needs beside a page: when it was handed in, and who may fetch it.
_NBGRADERS = ("timestamp.txt", "submission_secret.txt")

# Characters of one message: it may quote an exception, and that is as long as a student likes.
_MESSAGE = 2000


@dataclass(frozen=True)
class Written:
    """What came of one student's feedback.

    Attributes:
        student: nbgrader's id.
        page: the page's file, or None where there is none.
        problem: one line for the instructor where ``page`` is None.
    """

    student: str
    page: Path | None
    problem: str = ""


def generate(settings: Settings, name: str, students: Sequence[str] = ()) -> Iterator[Written]:
    """Write the feedback of an assignment; yields each student as the page is there.

    Raises:
        CourseError: unknown assignment, nothing handed in, or not by someone who was named.
    """
    settings.require_assignment(name)
    for student in autograde.choose(settings, name, students):
        try:
            yield Written(student, _generate(settings, name, student))
        except GraderError as error:
            yield Written(student, None, str(error))


def _generate(settings: Settings, name: str, student: str) -> Path:
    if not (folders.autograded(settings, student, name) / f"{name}.ipynb").exists():
        raise standing.not_graded(name, student)
    directory = folders.course_directory(settings)
    directory.assignment_id, directory.student_id = name, student
    config = copy.deepcopy(settings.config)
    convert(GenerateFeedback(coursedir=directory, config=config, force=True))
    return folders.feedback(settings, student, name) / f"{name}.html"


class FeedbackExporter(Exporter):
    """Makes the page of one autograded notebook; stands in for nbconvert's HTML exporter."""

    file_extension = traitlets.Unicode(".html")
    output_mimetype = "text/html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: object
    ) -> tuple[str, dict[str, Any]]:
        """Called by nbgrader with the course's folder as working directory."""
        _, resources = super().from_notebook_node(nb, resources, **kw)
        names = resources["nbgrader"]
        course = course_settings.from_config(Path.cwd(), self.config)
        page = collect(course, nb, names["assignment"], names["student"], names["db_url"])
        _clear(folders.feedback(course, names["student"], names["assignment"]))
        return feedback.render(page), resources


def collect(settings: Settings, nb: NotebookNode, name: str, student: str, gradebook: str) -> Page:
    """Everything that one student's page says.

    Args:
        settings: the course.
        nb: the autograded notebook.
        name: the assignment.
        student: nbgrader's id.
        gradebook: URL of nbgrader's gradebook.

    Raises:
        CourseError: not graded yet, or handed in again or the assignment changed since.
        SubmissionError: what was handed in is gone.
    """
    assignment = assignments.load(settings, name)
    graded = standing.current(settings, assignment, student)
    known = grades.read(gradebook, name, student)
    drawn = shown.collect(nb)
    return Page(
        assignment=name,
        student=student,
        student_name=known.student_name,
        score=known.score,
        max_score=known.max_score,
        late_penalty=known.late_penalty,
        claims=_claims(assignment, graded, known),
        answers=_answers(nb, known, drawn),
        notes=graded.notes,
        pictures=drawn.pictures,
        runs=graded.runs,
        target=settings.target(name),
        seconds=graded.seconds,
        timings=graded.timings,
    )


def _claims(assignment: Assignment, graded: Graded, known: Grades) -> tuple[Judged, ...]:
    claims = {claim.name: claim for claim in assignment.claims}
    return tuple(
        Judged(
            claim=claims[verdict.claim],
            outcome=verdict.outcome,
            message=_message(verdict),
            score=known.cells[verdict.claim].score,
            by_hand=known.cells[verdict.claim].by_hand,
            seconds=verdict.seconds,
        )
        for verdict in graded.verdicts
    )


def _message(verdict: Verdict) -> str:
    """What the student may read: a fault of the grader's is the instructor's to read."""
    if verdict.outcome is Outcome.GRADER_FAULT:
        return ""
    text = visible(verdict.message)
    return text if len(text) <= _MESSAGE else f"{text[:_MESSAGE]} ..."


def _answers(nb: NotebookNode, known: Grades, drawn: Outputs) -> tuple[Answer, ...]:
    """What the student wrote, and what it put out."""
    return tuple(
        Answer(
            name=grade_id(cell),
            written=cell.cell_type != "code",
            source=visible(cell.source),
            outputs=drawn.of_answers.get(grade_id(cell), ()),
            comment=visible(known.comments.get(grade_id(cell), "")),
            points=known.cells[grade_id(cell)].points if utils.is_grade(cell) else None,
            score=known.cells[grade_id(cell)].score if utils.is_grade(cell) else None,
        )
        for cell in nb.cells
        if utils.is_solution(cell)
    )


def _clear(folder: Path) -> None:
    """Leave nothing beside the page: nbgrader copies whatever the student handed in there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        elif path.name not in _NBGRADERS or path.parent != folder:
            path.unlink()
