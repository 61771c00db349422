"""nbgrader's exchange, the folder through which a class hands out and hands in."""

from __future__ import annotations

import copy
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import Config

from grader.errors import CourseError
from grader.notebook import folders
from grader.notebook.converters import LOG
from grader.settings import Settings


def release(settings: Settings, name: str) -> None:
    """Hand out an assignment, as ``nbgrader release_assignment`` does.

    Raises:
        CourseError: it is not compiled yet, or handed out already.
    """
    _start(settings, name, "ReleaseAssignment", Config())


def submit(settings: Settings, name: str, student: str, folder: Path, cache: Path) -> None:
    """Hand in for a student, as ``nbgrader submit`` does.

    Args:
        settings: the course.
        name: the assignment, handed out before.
        student: in whose name.
        folder: the student's folder, which holds a folder called as the assignment.
        cache: where nbgrader keeps a copy for the student.

    Raises:
        CourseError: the assignment is not handed out, or the student's folder is not there.
    """
    config = Config()
    config.CourseDirectory.student_id = student
    config.Exchange.assignment_dir = str(folder)
    config.Exchange.cache = str(cache)
    _start(settings, name, "Submit", config)


def _start(settings: Settings, name: str, action: str, more: Config) -> None:
    """Run one of nbgrader's actions on the exchange."""
    settings.require_assignment(name)
    config = copy.deepcopy(settings.config)
    config.merge(more)
    directory = folders.course_directory(settings)
    directory.assignment_id = name
    directory.student_id = config.CourseDirectory.get("student_id", directory.student_id)
    # A factory puts itself in as their parent, and they read the configuration from that.
    run = getattr(ExchangeFactory(config=config, log=LOG), action)
    try:
        run(coursedir=directory, authenticator=Authenticator(config=config, log=LOG)).start()
    except (ExchangeError, OSError) as error:
        raise CourseError(
            f"nbgrader's exchange refuses {name}: {error}; `grader doctor` looks at its folder"
        ) from error
