"""Where nbgrader keeps the course's files, for each step of a submission's way."""

from __future__ import annotations

import glob
import os
import re
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grader.errors import ConfigurationError
from grader.model import Submission
from grader.notebook.submission import file_rules, handed_in_file
from grader.settings import Settings

OVERRIDES = "overrides"  # the folder of people's decisions, which no nbgrader command touches


class _CourseDirectory(CourseDirectory):
    """nbgrader's, where a time of handing in is read by ``time_text``, and a person may decide."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """Called by nbgrader, for the folder of a submission that was checked before.

        Returns:
            The earliest time that ``timestamp.txt`` may mean, while nobody has decided.
        """
        try:
            times = handed_in_file.times(Path(dest_path), self._decided(dest_path))
        except (ValueError, OverflowError):
            self.fail(f"Invalid timestamp string: {Path(dest_path) / file_rules.TIMESTAMP}")
            return None
        return times[0] if times else None

    def _decided(self, submitted: str) -> Path:
        names = ("(?P<student>[^/]+)", "(?P<assignment>[^/]+)")
        found = re.fullmatch(
            self.format_path(self.submitted_directory, *names, escape=True), submitted
        )
        whose = found.groupdict() if found else {"student": "", "assignment": ""}
        return _time_file(self, whose["student"], whose["assignment"])


def course_directory(settings: Settings) -> CourseDirectory:
    """nbgrader's own view of the course's folder."""
    directory = _CourseDirectory(config=settings.config)
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


def time_file(settings: Settings, student: str, assignment: str) -> Path:
    """Where a person's decision is kept on when it was handed in; see ``handed_in_file``."""
    return _time_file(course_directory(settings), student, assignment)


def handed_in(settings: Settings, student: str, assignment: str) -> tuple[datetime, ...]:
    """When a submission may have been handed in; see ``handed_in_file.times``."""
    folder = submission(settings, student, assignment).submitted
    return handed_in_file.times(folder, time_file(settings, student, assignment))


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
    above = pattern.partition("*")[0].rstrip("/")
    closed = _closed_folders(Path(above)) if above.endswith(f"/{step}") else set()
    marked = directory.format_path(step, "(?P<student>[^/]+)", assignment, escape=True)
    matches = (re.fullmatch(marked, folder) for folder in glob.glob(pattern))  # noqa: PTH207 -- an absolute pattern
    return tuple(sorted({match["student"] for match in matches if match} | closed))


def _time_file(directory: CourseDirectory, student: str, assignment: str) -> Path:
    folder = directory.format_path(OVERRIDES, student, assignment)
    return Path(folder) / f"{assignment}.handed_in.json"


def _closed_folders(folder: Path) -> set[str]:
    """Folders of students that this account may not enter: what is in them is told as a problem.

    A pattern matches nothing there, as if nobody had handed in.

    Raises:
        ConfigurationError: this account may not read the folder of all of them.
        OSError: the machine cannot read it now.
    """
    if not folder.is_dir():
        return set()
    try:
        with os.scandir(folder) as entries:
            return {each.name for each in entries if each.is_dir() and not _enters(each)}
    except PermissionError as error:
        raise ConfigurationError(
            f"{folder} cannot be read ({error.strerror}): let this account read and enter it"
        ) from error


def _enters(entry: os.DirEntry[str]) -> bool:
    return os.access(entry, os.X_OK)
