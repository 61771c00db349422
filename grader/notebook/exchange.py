"""nbgrader's exchange, the folder through which a class hands out and hands in."""

from __future__ import annotations

import copy
import functools
import glob
import os
import stat
import time
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import Exchange
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grader.errors import ExchangeUnusableError
from grader.notebook.plugins.converters import LOG
from grader.notebook.submission import file_rules, paths
from grader.settings import Settings

_SETTLED_SECONDS = 30.0  # after the last change of a folder that nbgrader's submit did not make


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
    _start(settings, name, "Submit", _of_student(student, folder, cache))


@dataclass(frozen=True)
class Inbound:
    """One student's submissions of an assignment in the exchange.

    Attributes:
        student: nbgrader's id, as the folders' names have it.
        folders: names of the folders that are all there, in the order of the times in them. Anyone
            may have made one.
        last: the time in the last of these names, as nbgrader writes it.
    """

    student: str
    folders: tuple[str, ...]
    last: str


def inbound(settings: Settings, name: str) -> tuple[Inbound, ...]:
    """The submissions of an assignment in the exchange, by student.

    Nothing is opened: folders that cannot be nbgrader's, or are being written, are passed over.

    Raises:
        ExchangeUnusableError: there is no exchange for the course.
    """
    place = _of_course(settings) / "inbound"
    settled: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                student, assignment, handed_in = _named(entry.name)
                if handed_in is not None and assignment == name and _is_settled(entry):
                    settled[student].append((handed_in, entry.name))
    except OSError as error:
        raise ExchangeUnusableError(
            f"the exchange cannot be read: {place}: {error.strerror}; release the assignment "
            "first (nbgrader release_assignment), or name another folder in c.Exchange.root"
        ) from error
    return tuple(_inbound(student, settled[student]) for student in sorted(settled))


def _inbound(student: str, settled: list[tuple[datetime, str]]) -> Inbound:
    folders = tuple(folder for _, folder in sorted(settled))
    return Inbound(student, folders, folders[-1].rsplit("+", 3)[2])


def _is_settled(entry: os.DirEntry[str]) -> bool:
    """nbgrader's submit gives a folder its mode last; another program leaves it alone after all."""
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError:  # it was taken away meanwhile
        return False
    done = stat.S_IMODE(state.st_mode) & 0o777 == 0o777
    return done or time.time() - state.st_mtime > _SETTLED_SECONDS


@functools.lru_cache(maxsize=100_000)
def _named(folder: str) -> tuple[str, str, datetime | None]:
    """Student, assignment and time that the name of a folder tells; None for what tells none."""
    parts = folder.rsplit("+", 3)
    if len(parts) < 3 or not parts[0] or parts[0][0] == "." or set(parts[0]) & set("*?[]"):
        return "", "", None
    try:
        return parts[0], parts[1], file_rules.utc(parts[2])
    except (ValueError, OverflowError, TypeError):
        return "", "", None


def collect(settings: Settings, name: str, student: str, folders: Sequence[str]) -> None:
    """Collect a student's last submission, as ``nbgrader collect --update`` does.

    What is refused stays in the exchange, and is told to the log.

    Args:
        settings: the course.
        name: the assignment.
        student: whose submission it is.
        folders: names of those that may be collected.

    Raises:
        ExchangeUnusableError: nbgrader refused, or the exchange is gone.
    """
    config = Config()
    config.CourseDirectory.student_id = student
    config.ExchangeCollect.update = True
    config.CarefulCollect.only = list(folders)
    _start(settings, name, "Collect", config)


def publish(settings: Settings, name: str, student: str, folder: str) -> bool:
    """Put a page where the student's "Fetch feedback" finds it.

    Args:
        settings: the course.
        name: the assignment.
        student: whose page it is.
        folder: stands in for ``feedback`` in nbgrader's structure of folders. The page is there,
            with the ``timestamp.txt`` and ``submission_secret.txt`` of the submission.

    Returns:
        Whether it could be: not where there is no exchange, or where the work did not come
        through it.

    Raises:
        ExchangeUnusableError: nbgrader refused.
    """
    config = Config()
    config.CourseDirectory.student_id = glob.escape(student)
    config.CourseDirectory.feedback_directory = folder
    directory = paths.course_directory(settings)
    place = Path(directory.format_path(folder, student, name))
    secret = place / "submission_secret.txt"
    if not _of_course(settings).is_dir() or not (secret.is_file() and secret.read_bytes().strip()):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # nbgrader leaves a file to be closed
        _start(settings, name, "ReleaseFeedback", config)
    return True


def root(settings: Settings) -> Path:
    """The exchange's folder: the configured one, or nbgrader's own."""
    return Path(str(Exchange(config=settings.config).root))


def _of_course(settings: Settings) -> Path:
    """The course's folder in the exchange."""
    return root(settings) / str(paths.course_directory(settings).course_id)


def fetch_feedback(settings: Settings, name: str, student: str, folder: Path, cache: Path) -> None:
    """Fetch a student's feedback, as ``nbgrader fetch_feedback`` does.

    Args:
        settings: the course.
        name: the assignment.
        student: whose feedback it is.
        folder: the student's folder; feedback is put into one called as the assignment.
        cache: where nbgrader keeps what the student handed in.

    Raises:
        ExchangeUnusableError: there is no feedback for anybody yet.
    """
    _start(settings, name, "FetchFeedback", _of_student(student, folder, cache))


def _of_student(student: str, folder: Path, cache: Path) -> Config:
    """What nbgrader's actions of a student are configured with."""
    config = Config()
    config.CourseDirectory.student_id = student
    config.Exchange.assignment_dir = str(folder)
    config.Exchange.cache = str(cache)
    return config


def _start(settings: Settings, name: str, action: str, more: Config) -> None:
    """Run one of nbgrader's actions on the exchange."""
    settings.require_assignment(name)
    config = copy.deepcopy(settings.config)
    config.merge(more)
    directory = paths.course_directory(settings)
    directory.assignment_id = name
    for trait in ("student_id", "feedback_directory"):
        if trait in config.CourseDirectory:
            setattr(directory, trait, config.CourseDirectory[trait])
    # A factory puts itself in as their parent, and they read the configuration from that.
    run = getattr(ExchangeFactory(config=config, log=LOG), action)
    try:
        run(coursedir=directory, authenticator=Authenticator(config=config, log=LOG)).start()
    except (ExchangeError, OSError, RuntimeError, SQLAlchemyError) as error:
        raise ExchangeUnusableError(
            f"nbgrader's exchange refuses {name}: {error}; `grader doctor` looks at its folder"
        ) from error
