"""Which submissions are being graded at this moment, as the run that grades them tells it.

A run keeps a small file in the course's folder and holds its lock. Linux frees the lock when the
process ends, however it ends: then nobody is being graded, whatever the file says.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from grader.engines.base import Event, Failed, Finished, Started, Waiting, WentOn
from grader.errors import ConfigurationError
from grader.settings import Settings

_BYTES = 1 << 22  # a class of thousands
_TRIES = 5


class Doing(StrEnum):
    """What is being done with a submission."""

    JUDGED = "is being graded"
    TRAINING = "waits for a training"


class Teller:
    """Keeps the file of one run up to date.

    Args:
        descriptor: of the file, whose lock is held; None: another run tells.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        self._doing: dict[str, Doing] = {}

    def follow(self, event: Event) -> None:
        """Take in what the engine tells; keys are students."""
        match event:
            case Started(student, _) | WentOn(student):
                self._doing[student] = Doing.JUDGED
            case Waiting(student, _):
                self._doing[student] = Doing.TRAINING
            case Finished(student, _) | Failed(student, _):
                self._doing.pop(student, None)
            case _:
                return
        if self._descriptor is not None:
            text = json.dumps(self._doing).encode()
            # A disk that is full meanwhile must not end the class: each result says so itself.
            with contextlib.suppress(OSError):
                os.pwrite(self._descriptor, text, 0)
                os.ftruncate(self._descriptor, len(text))


@contextlib.contextmanager
def telling(settings: Settings, assignment: str) -> Iterator[Teller]:
    """Tell others which submissions are being graded, within ``with``.

    Where another run already grades the same assignment, that one goes on telling.

    Raises:
        ConfigurationError: the course's folder cannot be written.
    """
    file = _file(settings, assignment)
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be written ({error.strerror}): expected a course's folder that this "
            "account may write to"
        ) from error
    ours = _take(descriptor, fcntl.LOCK_EX)
    try:
        yield Teller(descriptor if ours else None)
    finally:
        if ours:
            file.unlink(missing_ok=True)
        os.close(descriptor)


def being_graded(settings: Settings, assignment: str) -> Mapping[str, Doing]:
    """Student to what is being done with the submission now, by a run that is alive."""
    try:
        descriptor = os.open(_file(settings, assignment), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return {}
    try:
        return {} if _take(descriptor, fcntl.LOCK_SH) else _read(descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> dict[str, Doing]:
    for _ in range(_TRIES):
        # It was being written, or what the file holds is another's.
        with contextlib.suppress(msgspec.MsgspecError, ValueError, RecursionError):
            return msgspec.json.decode(
                os.pread(descriptor, _BYTES, 0) or b"{}", type=dict[str, Doing]
            )
    return {}


def _take(descriptor: int, kind: int) -> bool:
    """Whether no other process holds the lock."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _file(settings: Settings, assignment: str) -> Path:
    return settings.root / f".grading.{assignment}.json"
