"""Feedback for students: a page made of claims, verdicts, hints and grades, never of tests.

``grader feedback``, ``nbgrader generate_feedback`` and the formgrader's button all come through
``FeedbackExporter``, which course_config.py names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback

from grader.errors import GraderError
from grader.model import Graded, Outcome, Submission, Verdict
from grader.notebook import autograde, penalty_waits, titles
from grader.notebook.assignment import Assignment, grade_id, load_assignment, part_of
from grader.notebook.loaded_course import CourseStep, LoadedCourse
from grader.notebook.plugins.converters import convert
from grader.notebook.reporting import feedback_outputs, grades, handing_in
from grader.notebook.reporting.feedback_outputs import Outputs
from grader.notebook.reporting.grades import Grades
from grader.notebook.sanitize import markdown
from grader.notebook.sanitize.text import escape_invisible
from grader.notebook.submission import current_verdicts, paths
from grader.notebook.submission.student_ids import require_plain
from grader.reports.feedback import html_page
from grader.reports.feedback.content import Answer, Judged, Page
from grader.settings import Settings

# What nbgrader itself needs beside a page: when it was handed in, and who may fetch it.
_NBGRADERS = ("timestamp.txt", "submission_secret.txt")

# Characters of one message: it may quote an exception, and that is as long as a student likes.
_MESSAGE = 2000


@dataclass(frozen=True)
class Written:
    """The outcome of writing one student's feedback.

    Attributes:
        student: nbgrader's id.
        page: the page's file, or None where there is none.
        problem: one line for the instructor where ``page`` is None.
    """

    student: str
    page: Path | None
    problem: str = ""


def generate(
    settings: Settings,
    name: str,
    students: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Written]:
    """Write the feedback of an assignment; yields each student when the page is written.

    Args:
        settings: the course.
        name: of the assignment.
        students: only these; everyone who handed something in, if left out.
        progress: told before each page is written how many are done, and of how many.

    Raises:
        CourseError: unknown assignment, nothing handed in, or nothing by a student who was named.
    """
    loaded = LoadedCourse(settings, load_assignment(settings, name))
    chosen = autograde.choose(settings, name, students)
    for done, student in enumerate(chosen):
        progress(done, len(chosen))
        submission = paths.submission(settings, student, name)
        try:
            require_plain(student)
            yield Written(student, _generate(loaded, submission))
        except GraderError as error:
            yield Written(student, None, str(error))


def _generate(loaded: LoadedCourse, submission: Submission) -> Path:
    if not submission.autograded_notebook.exists():
        raise current_verdicts.not_graded(submission)
    directory = paths.course_directory(loaded.settings)
    directory.assignment_id, directory.student_id = submission.assignment, submission.student
    config = loaded.carried_by_config()
    convert(GenerateFeedback(coursedir=directory, config=config, force=True))
    return submission.feedback_page


class FeedbackExporter(CourseStep, Exporter):
    """Makes the page of one autograded notebook; stands in for nbconvert's HTML exporter."""

    file_extension = traitlets.Unicode(".html")
    output_mimetype = "text/html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: object
    ) -> tuple[str, dict[str, Any]]:
        """Called by nbgrader with the course's folder as working directory."""
        _, resources = super().from_notebook_node(nb, resources, **kw)
        names = resources["nbgrader"]
        loaded = self.load(names["assignment"])
        submission = paths.submission(loaded.settings, names["student"], names["assignment"])
        page = collect(loaded, submission, nb, names["db_url"])
        _clear(submission.feedback)
        return html_page.render(page), resources


def collect(loaded: LoadedCourse, submission: Submission, nb: NotebookNode, gradebook: str) -> Page:
    """Gather the content of one student's page.

    Args:
        loaded: the course and the assignment.
        submission: whose page it is.
        nb: the autograded notebook.
        gradebook: URL of nbgrader's gradebook.

    Raises:
        CourseError: not graded yet, or handed in again or the assignment changed since.
        SubmissionError: what was handed in is gone.
    """
    assignment = loaded.assignment
    graded = current_verdicts.load_current_verdicts(loaded.settings, submission, assignment)
    known = grades.read(gradebook, assignment.name, submission.student)
    drawn = feedback_outputs.collect(nb, assignment.same_for_all)
    return Page(
        assignment=assignment.name,
        title=titles.title(loaded.settings, assignment),
        description=titles.description(loaded.settings, assignment),
        handed_in=_handed_in(loaded.settings, submission, known),
        student=submission.student,
        student_name=known.student_name,
        score=known.score,
        max_score=known.max_score,
        late_penalty=known.late_penalty,
        claims=judged_claims(assignment, graded, known),
        answers=answers_of(nb, known, drawn),
        notes=graded.notes,
        pictures=drawn.pictures,
        without_experiments=drawn.without_experiments,
        runs=graded.runs,
        target=loaded.settings.target(assignment.name),
        seconds=graded.seconds,
        timings=graded.timings,
    )


def _handed_in(settings: Settings, submission: Submission, known: Grades) -> str:
    student = submission.student
    if student in penalty_waits.waiting(settings, submission.assignment, [student]):
        return handing_in.unclear()
    return handing_in.sentence(known.handed_in, known.due, known.seconds_late)


def judged_claims(assignment: Assignment, graded: Graded, known: Grades) -> tuple[Judged, ...]:
    """Each claim with its verdict and its grade."""
    claims = {claim.name: claim for claim in assignment.claims}
    return tuple(
        Judged(
            claim=claims[verdict.claim],
            outcome=verdict.outcome,
            message=_message(verdict),
            score=known.cells[verdict.claim].score,
            by_hand=known.cells[verdict.claim].by_hand,
            seconds=verdict.seconds,
            decision=escape_invisible(verdict.override.reason) if verdict.override else "",
            decided=verdict.override.day if verdict.override else "",
        )
        for verdict in graded.verdicts
    )


def _message(verdict: Verdict) -> str:
    """The message for the student; only the instructor reads the details of a grader fault."""
    if verdict.outcome is Outcome.GRADER_FAULT:
        return ""
    text = escape_invisible(verdict.message)
    return text if len(text) <= _MESSAGE else f"{text[:_MESSAGE]} ..."


def answers_of(nb: NotebookNode, known: Grades, drawn: Outputs) -> tuple[Answer, ...]:
    """The student's answers, each with all its parts and its outputs."""
    parts: dict[str, list[str]] = defaultdict(list)
    for cell in nb.cells:
        parts[part_of(cell)].append(cell.source)
    return tuple(
        _answer(cell, "\n\n".join(parts[grade_id(cell)]), known, drawn)
        for cell in nb.cells
        if utils.is_solution(cell)
    )


def _answer(cell: NotebookNode, text: str, known: Grades, drawn: Outputs) -> Answer:
    name, written = grade_id(cell), cell.cell_type != "code"
    text = feedback_outputs.without_pictures(text)
    return Answer(
        name=name,
        written=written,
        source=markdown.render(text) if written else escape_invisible(text),
        outputs=drawn.of_answers.get(name, ()),
        comment=markdown.render(known.comments.get(name, "")),
        points=known.cells[name].points if utils.is_grade(cell) else None,
        score=known.cells[name].score if utils.is_grade(cell) else None,
    )


def _clear(folder: Path) -> None:
    """Remove all files beside the page: nbgrader copies what was handed in there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        elif path.name not in _NBGRADERS or path.parent != folder:
            path.unlink()
