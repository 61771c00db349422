"""The lab's folder: a copy of the course, an exchange, and a student's own folder beside them.

lab/course/      the instructor's course, with its own gradebook
lab/exchange/    where nbgrader hands out and hands in
lab/ada/         the student's folder
lab/.jupyter/    what the two JupyterLabs keep: settings, layout, kernel, logs
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import settings as course_settings
from grader.classroom import course_copy
from grader.classroom.demo import CLASS
from grader.errors import ConfigurationError
from grader.notebook import exchange, gradebook, release, samples
from grader.settings import Settings

STUDENT = "ada"
"""The student whom you play; the others have submitted already."""

NAMES = {
    "ada": ("Ada", "Abel"),
    "ben": ("Ben", "Berg"),
    "cleo": ("Cleo", "Cruz"),
    "dan": ("Dan", "Dahl"),
    "eve": ("Eve", "Ek"),
    "finn": ("Finn", "Frei"),
}

# The file that marks a lab's folder; holds "ready" once the lab is complete.
_MARK = ".lab"
_READY = "ready"


@dataclass(frozen=True)
class Lab:
    """A lab's folder, ready to be opened.

    Attributes:
        root: the folder, absolute.
        course: the instructor's copy of the course.
    """

    root: Path
    course: Settings

    @property
    def exchange(self) -> Path:
        """The folder through which assignments are released and submitted."""
        return _exchange(self.root)

    @property
    def student(self) -> Path:
        """The student's own folder."""
        return self.root / STUDENT

    def state(self, name: str) -> Path:
        """The folder for one role's Jupyter settings, layout, cache and log."""
        return _state(self.root, name)


@contextlib.contextmanager
def prepared(course: Settings, folder: Path, fresh: bool = False) -> Iterator[Lab]:
    """Open the lab in ``folder``: an earlier one as it was left, else a new one.

    A lab in use cannot be rebuilt.

    Args:
        course: the course to copy.
        folder: the lab's folder, created if need be.
        fresh: rebuild an earlier lab.

    Raises:
        ConfigurationError: the folder holds something else, cannot be written, or is in use.
    """
    root = folder.resolve()
    course_copy.require(root, _MARK, "lab")
    course_copy.make(root)
    if fresh or not _is_ready(root):
        with _held(root, fcntl.LOCK_EX):
            _build(course, root)
    with _held(root, fcntl.LOCK_SH):
        yield Lab(root, course_settings.load(root / "course"))


def _build(course: Settings, root: Path) -> None:
    """Make the lab: release the assignments, and submit for all students but one."""
    course_copy.clear(root, _MARK, "lab")
    copy = course_copy.copy(course, root / "course", _configuration(root))
    _exchange(root).mkdir()
    _exchange(root).chmod(0o777)  # as nbgrader wants it
    for name in copy.assignments:
        release.release(copy, name)
        exchange.release(copy, name)
    gradebook.enrol(copy, NAMES)
    for student in CLASS.keys() - {STUDENT}:
        _hand_in(course, copy, student, _state(root, student))
    (root / STUDENT).mkdir()
    (root / _MARK).write_text(_READY)


def _hand_in(course: Settings, copy: Settings, student: str, cache: Path) -> None:
    """Submit a made-up student's samples to the exchange, for the instructor to collect."""
    submitted = copy.root / "submitted"
    for assignment, case in CLASS[student].items():
        folder = course.root / "tests" / "submissions" / assignment / case
        if assignment in copy.assignments and folder.is_dir():
            samples.hand_in(copy, assignment, samples.load(folder), student)
            exchange.submit(copy, assignment, student, submitted / student, cache)
    shutil.rmtree(submitted, ignore_errors=True)


def _configuration(root: Path) -> str:
    """Lines that the copy's configuration adds to the course's."""
    return f"""
c = get_config()
c.Exchange.root = {str(_exchange(root))!r}
# All roles of the lab share one account of this machine.
c.ExchangeCollect.check_owner = False
"""


def _exchange(root: Path) -> Path:
    return root / "exchange"


def _state(root: Path, name: str) -> Path:
    return root / ".jupyter" / name


def _is_ready(root: Path) -> bool:
    mark = root / _MARK
    return mark.is_file() and mark.read_text() == _READY


@contextlib.contextmanager
def _held(root: Path, how: int) -> Iterator[None]:
    """Keep others from rebuilding the lab (shared), or from using it (exclusive)."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, how, root)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, how: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"the lab in {root} is in use: end it with Ctrl-C where it runs, "
            "or choose another folder with --folder"
        ) from error
