"""The verdicts on a submission, if they still stand: on this notebook, and by this source."""

from __future__ import annotations

from grader.errors import CourseError
from grader.model import Graded
from grader.notebook import folders, reading, verdicts
from grader.notebook.assignments import Assignment
from grader.settings import Settings


def current(settings: Settings, assignment: Assignment, student: str) -> Graded:
    """The verdicts on what is handed in now, by the assignment as it is now.

    Raises:
        CourseError: not graded yet, or handed in again or the assignment changed since.
        SubmissionError: what was handed in is gone.
    """
    name = assignment.name
    folder = folders.autograded(settings, student, name)
    graded = verdicts.read(folder / verdicts.file_name(name))
    if graded is None:
        raise not_graded(name, student)
    handed_in = folders.submitted(settings, student, name) / f"{name}.ipynb"
    if reading.sha256(reading.content(handed_in)) != graded.submission_sha256:
        changed = f"{student} handed in {name} again"
    elif assignment.sha256 != graded.source_sha256:
        changed = f"the source of {name} was changed"
    else:
        return graded
    raise CourseError(f"{changed} since it was graded: grade it again (grader grade {name})")


def not_graded(name: str, student: str) -> CourseError:
    """What is said of a submission without verdicts."""
    return CourseError(
        f"{student}'s {name} is not graded yet: grade it first (grader grade {name})"
    )
