"""The faults of a machine that come at a moment: how each begins, and what it may lead to."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from grader.datasets import DATASETS, FILES

FILLER = "filler"
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Place:
    """Where a command is disturbed.

    Attributes:
        disk: a small file system of its own.
        root: the course's folder, on that.
        chance: what is drawn of how a fault begins.
    """

    disk: Path
    root: Path
    chance: random.Random


Lift = Callable[[], None]


@dataclass(frozen=True)
class Fault:
    """A fault that begins at a moment and lasts until the command has ended.

    Attributes:
        name: in the table.
        begin: makes it so, in the command's process; returns what ends it there.
        reasons: words of which a line of a command that failed must hold one.
        harmless: whether the command must end well all the same.
        mend: what a person does after the command, so that the next one can work.
    """

    name: str
    begin: Callable[[Place], Lift]
    reasons: tuple[str, ...] = ()
    harmless: bool = False
    mend: Callable[[Place], None] = lambda _: None


def _fill(place: Place) -> Lift:
    """Leave nothing on the disk, or a few pages."""
    spare = place.chance.choice((0, 0, 1, 4, 16)) * 4096
    state = os.statvfs(place.disk)
    with (place.disk / FILLER).open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail * state.f_frsize - spare))
    return (place.disk / FILLER).unlink


def _use_up_descriptors(place: Place) -> Lift:
    """Leave none to open a file with, or a few."""
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, most))
    taken = []
    with contextlib.suppress(OSError):
        while True:
            taken.append(os.dup(0))
    spare = place.chance.choice((0, 0, 1, 2, 4))
    for descriptor in taken[:spare]:
        os.close(descriptor)
    del taken[:spare]

    def lift() -> None:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    return lift


def _damage_data(place: Place) -> Lift:
    """Change or remove a file of a data set."""
    file = place.chance.choice(data_files(place.root))
    if place.chance.random() < 0.5:
        file.unlink()
    else:
        file.write_text("damaged")
    return lambda: write_data(place.root)


def data_files(root: Path) -> list[Path]:
    """The files of the data sets of a course."""
    return [root / "data" / name / file for name in DATASETS for file in FILES]


def write_data(root: Path) -> None:
    """Write made-up data sets where they are missing or damaged, as ``grader data`` does."""
    for file in data_files(root):
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != file.name:
            file.write_text(file.name)


def _lock_gradebook(place: Place) -> Lift:
    """Let another process write the gradebook, from now on or as soon as it can."""
    parent = os.getpid()
    if not (holder := os.fork()):
        with contextlib.suppress(BaseException):
            os.closerange(3, 1 << 16)  # a lock that is inherited is held, too
            _hold(place.root / "gradebook.db", parent)
        os._exit(0)
    time.sleep(0.05)  # it may have to wait for this process

    def lift() -> None:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)

    return lift


def _hold(file: Path, parent: int) -> None:
    connection = None
    while os.getppid() == parent:
        if connection is None and file.exists():
            candidate = sqlite3.connect(file)
            with contextlib.suppress(sqlite3.OperationalError):
                candidate.execute("BEGIN EXCLUSIVE")
                connection = candidate
        time.sleep(0.005)


def _jump(seconds: float) -> Callable[[Place], Lift]:
    def begin(_: Place) -> Lift:
        now = time.time

        def jumped() -> float:
            return now() + seconds

        patch = mock.patch("time.time", jumped)
        patch.start()
        return patch.stop

    return begin


def no_writing(what: Callable[[Place], Path]) -> Callable[[Place], Lift]:
    """Mount a folder or a file once more where it stands, to be read only; open files stay so.

    Args:
        what: the folder or file.
    """

    def begin(place: Place) -> Lift:
        if not what(place).exists():
            return _nothing
        path = os.fsencode(what(place))
        _call("unshare", _NEW_MOUNTS if not os.geteuid() else _NEW_MOUNTS | _NEW_USERS)
        _call("mount", b"none", b"/", None, _PRIVATE | _RECURSIVE, None)
        _call("mount", path, path, None, _BIND | _RECURSIVE, None)
        _call("mount", b"none", path, None, _BIND | _REMOUNT | _READ_ONLY, None)
        os.chdir(Path.cwd())  # nbgrader works in the folder by its former mount

        def lift() -> None:
            here = Path.cwd()
            _call("umount2", path, _DETACH)
            os.chdir(here)

        return lift

    return begin


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise RuntimeError(f"this machine allows no {name}: {os.strerror(number)}")


def _nothing() -> None:
    """There was nothing to make so."""


def _kill(_: Place) -> Lift:
    os.kill(os.getpid(), signal.SIGKILL)
    return _nothing


_DETACH = 2
_NEW_MOUNTS, _NEW_USERS = 0x20000, 0x10000000
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 32, 4096, 16384, 1 << 18
_YEAR = 365 * 86400.0
_NO_DATABASE = ("unable to open database file", "disk I/O error", "readonly database")
KILL = Fault("killed", _kill)
FAULTS = (
    KILL,
    Fault(
        "full disk",
        _fill,
        ("No space left on device", "database or disk is full", "disk I/O error"),
    ),
    Fault(
        "no descriptors",
        _use_up_descriptors,
        ("Too many open files", "unable to open database file", "disk I/O error"),
    ),
    Fault(
        "read-only course",
        no_writing(lambda place: place.root),
        ("Read-only file system", *_NO_DATABASE),
    ),
    Fault(
        "read-only gradebook",
        no_writing(lambda place: place.root / "gradebook.db"),
        ("Read-only file system", *_NO_DATABASE),
    ),
    Fault(
        "no temporary folder",
        no_writing(lambda _: Path("/tmp")),
        ("Read-only file system", "No usable temporary directory"),
    ),
    Fault(
        "data sets changed",
        _damage_data,
        ("`grader data` fetches it", "since grading began"),
        mend=lambda place: write_data(place.root),
    ),
    Fault("locked gradebook", _lock_gradebook, ("database is locked",)),
    Fault("clock jumps forwards", _jump(_YEAR), harmless=True),
    Fault("clock jumps backwards", _jump(-_YEAR), harmless=True),
)
