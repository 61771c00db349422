"""Locks of a course's folder: one process writes its submissions and gradebook at a time.

Linux frees a lock when its process ends, however it ends. The files stay.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from grader.errors import ConfigurationError
from grader.settings import Settings

WRITING = ".gradebook.lock"
WATCHING = ".watch.lock"
WAIT_SECONDS = 60.0  # one submission is recorded in less than a second
_LOOK_SECONDS = 0.02


@contextlib.contextmanager
def writing(settings: Settings, seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock to write submitted/, autograded/ and the gradebook, one submission at a time.

    Args:
        settings: the course.
        seconds: to wait for another process at most.

    Raises:
        ConfigurationError: another process keeps it, or there can be no such file.
    """
    file = settings.root / WRITING
    with _locked(file, seconds) as holder:
        if holder:
            raise ConfigurationError(
                f"the gradebook is being written by {holder} for more than {seconds:g} s: wait for "
                f"its end, or end it; then run the same command again ({file})"
            )
        yield


@contextlib.contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Hold the lock that only one ``grader watch`` of a course may have.

    Raises:
        ConfigurationError: another process watches this course.
    """
    file = settings.root / WATCHING
    with _locked(file, 0.0) as holder:
        if holder:
            raise ConfigurationError(
                f"this course is watched already, by {holder}: expected one grader watch for a "
                f"course; end the other one first ({file})"
            )
        yield


@contextlib.contextmanager
def _locked(file: Path, seconds: float) -> Iterator[str]:
    """Yields who holds the lock instead of us; empty where we do."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        if not _take(descriptor, time.monotonic() + seconds):
            yield _name(descriptor)
            return
        _sign(descriptor, file)
        yield ""
    finally:
        os.close(descriptor)


def _sign(descriptor: int, file: Path) -> None:
    """Write into the file who holds the lock."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _ourselves().encode(), 0)
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{file} cannot be written ({error.strerror}): expected a course's folder that this "
        "account may write to, on a disk with room"
    )


def _take(descriptor: int, end: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True


def _ourselves() -> str:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]])
    return f"process {os.getpid()} ({command[:60]})"


def _name(descriptor: int) -> str:
    text = os.pread(descriptor, 200, 0).decode(errors="replace")
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text or "a process that is just starting"
