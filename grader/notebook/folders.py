"""Where nbgrader keeps the course's files, for each step of a submission's way."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grader.settings import Settings


def course_directory(settings: Settings) -> CourseDirectory:
    """nbgrader's own view of the course's folder."""
    directory = CourseDirectory(config=settings.config)
    directory.root = str(settings.root)
    return directory


def submitted(settings: Settings, student: str, assignment: str) -> Path:
    """The folder that a student handed in."""
    directory = course_directory(settings)
    return Path(directory.format_path(directory.submitted_directory, student, assignment))


def autograded(settings: Settings, student: str, assignment: str) -> Path:
    """The folder that grading makes of it."""
    directory = course_directory(settings)
    return Path(directory.format_path(directory.autograded_directory, student, assignment))


def feedback(settings: Settings, student: str, assignment: str) -> Path:
    """The folder of the page that the student gets to read."""
    directory = course_directory(settings)
    return Path(directory.format_path(directory.feedback_directory, student, assignment))


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
    directory = course_directory(settings)
    pattern = directory.format_path(directory.submitted_directory, "*", assignment)
    marked = directory.format_path(
        directory.submitted_directory, "(?P<student>[^/]+)", assignment, escape=True
    )
    found = (re.fullmatch(marked, folder) for folder in glob.glob(pattern))  # noqa: PTH207 -- an absolute pattern
    return tuple(sorted(match["student"] for match in found if match))
