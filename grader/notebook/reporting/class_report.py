"""Gathers the content of a class report from verdicts, gradebook and submitted notebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from grader.errors import CourseError, GraderError
from grader.model import Submission
from grader.notebook import autograde, hint_record, hints, penalty_waits, titles
from grader.notebook.assignment import Assignment, load_assignment, part_of
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.reporting import grades
from grader.notebook.reporting.grades import Grades
from grader.notebook.submission import current_verdicts, paths, rebuild
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.file_rules import printable_text
from grader.notebook.submission.submitted_files import files_of
from grader.reports.class_report.content import ClassReport, Entry
from grader.settings import Settings


def gather(
    settings: Settings, name: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> ClassReport:
    """Gather the content of an assignment's class report.

    Args:
        settings: the course.
        name: of the assignment.
        progress: told before each submission is read how many are done, and of how many.

    Raises:
        CourseError: unknown assignment, nothing handed in, or nothing graded.
    """
    assignment = load_assignment(settings, name)
    students = autograde.choose(settings, name)
    known = grades.read_class(paths.course_directory(settings).db_url, name)
    waits = penalty_waits.waiting(settings, name, students)
    asked = hints.of_assignment(assignment) if settings.record_hints else ()
    entries, left_out = [], []
    for done, student in enumerate(students):
        progress(done, len(students))
        try:
            submission = paths.submission(settings, student, name)
            entry = _entry(settings, assignment, submission, known)
            read = hint_record.read(submission.submitted, asked)
            entries.append(replace(entry, hints=read, penalty_waits=waits.get(student, "")))
        except GraderError as error:
            left_out.append((printable_text(student), printable_text(str(error))))
    if not entries:
        raise CourseError(
            f"no submission of {name} has verdicts that stand; the first of {len(left_out)}: "
            f"{left_out[0][1]}"
        )
    return ClassReport(
        assignment=name,
        claims=assignment.claims,
        max_score=known[entries[0].student].max_score,
        target=settings.target(name),
        entries=tuple(entries),
        left_out=tuple(left_out),
        made=datetime.now().astimezone(),
        title=titles.title(settings, assignment),
        description=titles.description(settings, assignment),
        hints=asked,
    )


def _entry(
    settings: Settings, assignment: Assignment, submission: Submission, known: dict[str, Grades]
) -> Entry:
    if not submission.verdict_file.exists():  # refused, perhaps: then that is the reason to be told
        autograde.require_readable(LoadedCourse(settings, assignment), submission)
    graded = current_verdicts.load_current_verdicts(settings, submission, assignment)
    student = submission.student
    if student not in known:
        raise grades.unknown(assignment.name, student)
    theirs = known[student]
    claims = {claim.name for claim in assignment.claims}
    left = {verdict.claim for verdict in graded.verdicts if verdict.waits}
    return Entry(
        graded=graded,
        claims_score=sum(theirs.cells[claim].score or 0.0 for claim in claims),
        by_hand=sum(grade.score or 0.0 for n, grade in theirs.cells.items() if n not in claims),
        total=theirs.score,
        waiting=tuple(
            n
            for n, grade in theirs.cells.items()
            if (n not in claims or n in left) and grade.to_mark
        ),
        cells=_own_code(settings, assignment, submission),
        name=theirs.student_name,
        feedback=submission.feedback_page if submission.feedback_page.exists() else None,
    )


def _own_code(
    settings: Settings, assignment: Assignment, submission: Submission
) -> tuple[str, ...]:
    """The text of each solution cell in which the student wrote something."""
    found = files_of(settings, submission).notebooks()
    chosen = choose(assignment, found, str(submission.submitted))
    rebuilt = rebuild.rebuild(assignment, chosen.notebook)
    return tuple(
        cell.source
        for cell in rebuilt.notebook.cells
        if cell.cell_type == "code" and part_of(cell) and part_of(cell) not in rebuilt.untouched
    )
