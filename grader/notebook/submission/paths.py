"""Where nbgrader keeps the course's files, for each step of a submission's way."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grader.model import Submission
from grader.settings import Settings

OVERRIDES = "overrides"  # the folder of people's decisions, which no nbgrader command touches


def course_directory(settings: Settings) -> CourseDirectory:
    """nbgrader's own view of the course's folder."""
    directory = CourseDirectory(config=settings.config)
    directory.root = str(settings.root)
    return directory


def submission(settings: Settings, student: str, assignment: str) -> Submission:
    """A student's submission of an assignment, handed in or not, and its places."""
    directory = course_directory(settings)

    def place(step: str) -> Path:
        return Path(directory.format_path(step, student, assignment))

    return Submission(
        student,
        assignment,
        submitted=place(directory.submitted_directory),
        autograded=place(directory.autograded_directory),
        feedback=place(directory.feedback_directory),
    )


def override_file(settings: Settings, student: str, assignment: str) -> Path:
    """Where the decisions of people on a submission are kept; see ``override_file``."""
    folder = course_directory(settings).format_path(OVERRIDES, student, assignment)
    return Path(folder) / f"{assignment}.overrides.json"


def released(settings: Settings, assignment: str) -> Path:
    """The folder that students get."""
    directory = course_directory(settings)
    return Path(directory.format_path(directory.release_directory, ".", assignment))


def exchange(settings: Settings) -> Path | None:
    """The folder through which nbgrader hands out and collects; None if the course names none."""
    root = settings.config.get("Exchange", {}).get("root", "")
    return Path(root) if root else None


def students(settings: Settings, assignment: str) -> tuple[str, ...]:
    """Everyone who handed in a folder for ``assignment``, in alphabetical order."""
    return _with_folder(settings, course_directory(settings).submitted_directory, assignment)


def overridden(settings: Settings, assignment: str) -> tuple[str, ...]:
    """Everyone with a folder of decisions on ``assignment``, in alphabetical order."""
    return _with_folder(settings, OVERRIDES, assignment)


def _with_folder(settings: Settings, step: str, assignment: str) -> tuple[str, ...]:
    directory = course_directory(settings)
    pattern = directory.format_path(step, "*", assignment)
    marked = directory.format_path(step, "(?P<student>[^/]+)", assignment, escape=True)
    matches = (re.fullmatch(marked, folder) for folder in glob.glob(pattern))  # noqa: PTH207 -- an absolute pattern
    return tuple(sorted(match["student"] for match in matches if match))
