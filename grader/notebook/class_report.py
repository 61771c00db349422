"""Gathers what a class report says, from verdicts, gradebook and submitted notebooks."""

from __future__ import annotations

import os
from datetime import datetime

from nbgrader import utils

from grader.errors import CourseError, GraderError
from grader.notebook import (
    assignments,
    autograde,
    folders,
    grades,
    handed_in,
    reading,
    rebuild,
    standing,
    verdicts,
)
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.grades import Grades
from grader.reports.class_report import ClassReport, Entry
from grader.settings import Settings


def gather(settings: Settings, name: str) -> ClassReport:
    """What there is to say of an assignment's submissions.

    Raises:
        CourseError: unknown assignment, nothing handed in, or nothing graded.
    """
    assignment = assignments.load(settings, name)
    students = autograde.choose(settings, name)
    known = grades.read_class(folders.course_directory(settings).db_url, name)
    entries, left_out = [], []
    for student in students:
        try:
            entries.append(_entry(settings, assignment, student, known))
        except GraderError as error:
            left_out.append((student, str(error)))
    if not entries:
        raise CourseError(
            f"no submission of {name} has verdicts that stand ({left_out[0][1]}): "
            f"grade the class first (grader grade {name})"
        )
    return ClassReport(
        assignment=name,
        claims=assignment.claims,
        max_score=known[entries[0].student].max_score,
        target=settings.target(name),
        entries=tuple(entries),
        left_out=tuple(left_out),
        made=datetime.now().astimezone(),
    )


def _entry(
    settings: Settings, assignment: Assignment, student: str, known: dict[str, Grades]
) -> Entry:
    name = assignment.name
    file = folders.autograded(settings, student, name) / verdicts.file_name(name)
    if not file.exists():  # refused, perhaps: then that is the reason to be told
        _require_readable(settings, name, student)
    graded = standing.current(settings, assignment, student)
    if student not in known:
        raise grades.unknown(name, student)
    found = known[student]
    claims = {claim.name for claim in assignment.claims}
    return Entry(
        graded=graded,
        claims_score=sum(found.cells[claim].score or 0.0 for claim in claims),
        by_hand=sum(grade.score or 0.0 for n, grade in found.cells.items() if n not in claims),
        total=found.score,
        waiting=tuple(
            n for n, grade in found.cells.items() if n not in claims and grade.score is None
        ),
        cells=_own_code(settings, assignment, student),
    )


def _require_readable(settings: Settings, name: str, student: str) -> None:
    folder = folders.submitted(settings, student, name)
    handed_in.check(folder, folders.course_directory(settings).ignore)
    path = folder / f"{name}.ipynb"
    reading.parse(reading.content(path), os.path.relpath(path, settings.root))


def _own_code(settings: Settings, assignment: Assignment, student: str) -> tuple[str, ...]:
    """The text of every code cell that the student was to write, and wrote."""
    path = folders.submitted(settings, student, assignment.name) / f"{assignment.name}.ipynb"
    rebuilt = rebuild.rebuild(assignment, reading.read(path))
    return tuple(
        cell.source
        for cell in rebuilt.notebook.cells
        if cell.cell_type == "code"
        and utils.is_solution(cell)
        and grade_id(cell) not in rebuilt.untouched
    )
