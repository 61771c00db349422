"""What is disturbed: a command of a small class, whose verdicts are made up, in a child process."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from grader import datasets
from grader import settings as course_settings
from grader.engines.fake import FakeEngine
from grader.model import Outcome
from grader.settings import Settings
from tests import tiny
from tests.faults.child import Ended, forked
from tests.faults.kinds import data_files, write_data
from tests.watch.room import JUDGE, judge

LOST = {("ben", "adds"): Outcome.FAILED, ("cleo", "totals"): Outcome.CRASHED}
STUDENTS = ("ada", "ben", "cleo")
_LOCK_SECONDS = 0.2  # in place of five


@dataclass(frozen=True)
class Command:
    """A command of the command line.

    Attributes:
        arguments: what is typed after ``grader``.
        after: the commands that must have been run before.
    """

    arguments: tuple[str, ...]
    after: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.arguments[0]


GRADE = Command(("grade", "sums"))
COMMANDS = (
    GRADE,
    Command(("feedback", "sums"), (GRADE.arguments,)),
    Command(("export", "--to", "csv"), (GRADE.arguments,)),
    Command(
        ("override", "ben", "sums", "adds", "--points", "1", "--reason", "as told"),
        (GRADE.arguments,),
    ),
    Command(("release", "sums", "--unchecked")),
)


def make_class(folder: Path) -> Settings:
    """A class of three that has handed in, in a new folder."""
    folder.mkdir(parents=True)
    course = tiny.make_course(folder, cell_seconds=20)
    write_data(folder)
    for student in STUDENTS:
        tiny.hand_in(course, student, tiny.submission(course, tiny.GOOD))
    return course


def run(
    root: Path,
    arguments: tuple[str, ...],
    logs: Path,
    disturb: Callable[[], Callable[[], int]] = lambda: lambda: 0,
) -> Ended:
    """Run a command in a child of this process.

    Args:
        root: the course's folder.
        arguments: what is typed after ``grader``.
        logs: a folder for what it says, on a disk that is not disturbed.
        disturb: called in the child, before the command; returns what counts moments.
    """

    def work() -> tuple[int, int]:
        count = disturb()
        return _command(root, arguments), count()

    return forked(logs, work)


def _command(root: Path, arguments: tuple[str, ...]) -> int:
    """What the ``grader`` command does, with made-up verdicts; returns its exit code."""
    from grader.cli import main

    with made_up_verdicts():
        try:
            main(["--course", str(root), *arguments])
        except SystemExit as end:
            return int(end.code or 0)
    return 0


@contextmanager
def made_up_verdicts() -> Iterator[None]:
    """Within ``with``, nothing of a submission is run, and one after the other is judged."""

    def outcome(student: str, claim: str) -> Outcome:
        return LOST.get((student, claim), Outcome.PASSED)

    with ExitStack() as patches:
        for name, put in {
            JUDGE: judge(outcome),
            "grader.notebook.judging.warm_kernels.address": lambda *_: "",
            "grader.notebook.autograde._local_engine": lambda *_: FakeEngine(),
            "grader.classroom.grade_class._require_here": _require_data,
            "grader.datasets.verified.problems": _problems,
            "sqlite3.dbapi2.connect": _impatient(sqlite3.connect),
        }.items():
            patches.enter_context(mock.patch(name, put))
        yield


def _require_data(settings: Settings) -> None:
    datasets.verify(settings.data)


def _problems(folder: Path) -> list[str]:
    """What is wrong with made-up data sets."""
    files = data_files(folder.parent)
    return [
        f"{file} is missing or not the real file"
        for file in files
        if not file.exists() or file.read_text() != file.name
    ]


def _impatient(connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
    """As SQLite connects, but for how long it waits for a gradebook that another locks."""

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return connect(*arguments, **options | {"timeout": _LOCK_SECONDS})

    return connected


def copied(template: Path, folder: Path) -> Settings:
    """A copy of a class in a new folder."""
    shutil.copytree(template, folder, symlinks=True)
    return replace(course_settings.load(folder))
