"""Late penalties that wait for a person, since ``timestamp.txt`` may mean several times."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from grader.errors import CourseError, GraderError
from grader.model import Graded
from grader.model.scores import points
from grader.notebook import late_penalties, sqlalchemy_warnings
from grader.notebook.submission import handed_in_file, paths
from grader.notebook.submission.file_rules import printable_text
from grader.settings import Settings

LATE_PENALTY = "late penalty"  # stands among names of cells that wait
_TEXT = 60  # characters of a student's file in a line


def waiting(settings: Settings, name: str, students: Sequence[str]) -> dict[str, str]:
    """Whose late penalty waits for a person, and a line for the instructor that says why.

    Where all times that a file may mean lead to one penalty, nothing waits.

    Args:
        settings: the course.
        name: the assignment.
        students: of these.
    """
    if (step := late_penalties.step_of(settings)) is None:
        return {}
    unclear, found = _unclear(settings, name, students)
    if not unclear:
        return found
    url = paths.course_directory(settings).db_url
    with sqlalchemy_warnings.ignored(), Gradebook(url) as gradebook:
        for student, times in unclear.items():
            try:
                notebook = gradebook.find_submission_notebook(name, name, student)
            except MissingEntry:  # not graded yet
                continue
            penalties = _penalties(step, notebook, times)
            if len(set(penalties.values())) > 1:
                found[student] = _said(settings, name, student, penalties)
    return found


def noted(graded: Graded, waits: Mapping[str, str]) -> Graded:
    """The verdicts, with a note where the late penalty waits."""
    if (line := waits.get(graded.student)) is None:
        return graded
    return dataclasses.replace(graded, notes=(*graded.notes, line))


def _unclear(
    settings: Settings, name: str, students: Sequence[str]
) -> tuple[dict[str, tuple[datetime, ...]], dict[str, str]]:
    """The times of those who may mean several; and whose decision cannot be read, with why."""
    several: dict[str, tuple[datetime, ...]] = {}
    unread: dict[str, str] = {}
    for student in students:
        try:
            times = paths.handed_in(settings, student, name)
        except CourseError as error:  # a person has decided, and nobody knows how
            unread[student] = str(error)
        except (GraderError, OSError, ValueError, OverflowError):  # told where it is graded
            continue
        else:
            several |= {student: times} if len(times) > 1 else {}
    return several, unread


def _penalties(
    step: AssignLatePenalties, notebook: SubmittedNotebook, times: Sequence[datetime]
) -> dict[datetime, float]:
    due = notebook.assignment.duedate
    late = {time: (time - due).total_seconds() if due else 0.0 for time in times}
    return {time: late_penalties.penalty(step, notebook, late[time]) for time in times}


def _said(settings: Settings, name: str, student: str, penalties: Mapping[datetime, float]) -> str:
    text = handed_in_file.received(paths.submission(settings, student, name).submitted)
    meant = " or ".join(
        f"{time:%Y-%m-%d %H:%M:%S} UTC ({f'{points(lost)} points less' if lost else 'no penalty'})"
        for time, lost in penalties.items()
    )
    return (
        f"the late penalty waits for a person: timestamp.txt says "
        f"{printable_text(text[:_TEXT])!r}, which may mean {meant}. Decide with: grader override "
        f"{student} {name} --handed-in '{min(penalties):%Y-%m-%d %H:%M:%S} UTC' --reason '...'"
    )
