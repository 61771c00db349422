"""The verdicts on a submission, if they are up to date with the notebook and with the source."""

from __future__ import annotations

import os

from grader.errors import CourseError
from grader.model import Graded, Submission
from grader.notebook import notebook_json
from grader.notebook.assignment import Assignment
from grader.notebook.submission import grounds, parse, verdict_file
from grader.notebook.submission.chosen_notebook import choose
from grader.notebook.submission.submitted_files import Files, files_of
from grader.settings import Settings


def load_current_verdicts(
    settings: Settings, submission: Submission, assignment: Assignment
) -> Graded:
    """The verdicts on what is handed in now, by the assignment as it is now.

    Raises:
        CourseError: not graded yet, or handed in again or the assignment changed since.
        SubmissionError: what was handed in is gone.
    """
    graded = verdict_file.read(submission.verdict_file)
    if graded is None:
        raise not_graded(submission)
    if why := _changed(settings, submission, assignment, graded):
        name = submission.assignment
        raise CourseError(f"{why} since it was graded: grade it again (grader grade {name})")
    return graded


def _changed(
    settings: Settings, submission: Submission, assignment: Assignment, graded: Graded
) -> str:
    """What makes verdicts stale for a reader; empty if nothing does."""
    student, name = submission.student, submission.assignment
    again = f"{student} handed in {name} again"
    if assignment.sha256 != graded.source_sha256:
        return f"the source of {name} was changed"
    if not graded.grounds:  # a file of an earlier version
        content = parse.content(submission.notebook)
        return again if notebook_json.sha256(content) != graded.submission_sha256 else ""
    now = grounds.digests(settings, assignment, files_of(settings, submission))
    stale = grounds.changed(graded, now)
    if grounds.NOTEBOOKS in stale or grounds.FILES in stale:
        return again
    return f"the source of {name} was changed" if grounds.ASSIGNMENT in stale else ""


def expect_gradable(
    settings: Settings, assignment: Assignment, submission: Submission, files: Files
) -> None:
    """Ensure that what was handed in can be graded.

    Raises:
        SubmissionError: it cannot; says why.
    """
    choose(assignment, files.notebooks(), os.path.relpath(submission.submitted, settings.root))


def not_graded(submission: Submission) -> CourseError:
    """The error for a submission without verdicts."""
    student, name = submission.student, submission.assignment
    return CourseError(
        f"{student}'s {name} is not graded yet: grade it first (grader grade {name})"
    )
