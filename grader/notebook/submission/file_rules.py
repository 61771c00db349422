"""What a student's folder may hold: ordinary files, not too many, not too large.

A link would copy a classmate's answers or any file of this machine; a process that opens a named
pipe would wait for ever. So everything is checked before anything is opened.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from nbgrader.utils import parse_utc

from grader.errors import SubmissionError
from grader.language import N_
from grader.notebook.submission import time_text

_MEGABYTE = 1 << 20
_TIME_LENGTH = 100  # characters of a time, its zone's name included
TIMESTAMP = "timestamp.txt"  # where nbgrader keeps when the folder was handed in

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "an ordinary file",
}

_NO_FILE = N_("{file} is no ordinary file: copy your notebook into this folder under that name.")


@dataclass(frozen=True)
class Caps:
    """How much one submission may hold.

    Attributes:
        notebook: bytes of a notebook.
        file: bytes of any other file.
        total: bytes of all files together.
        count: files and folders.
        depth: folders within folders.
    """

    notebook: int = 20 * _MEGABYTE
    file: int = 50 * _MEGABYTE
    total: int = 200 * _MEGABYTE
    count: int = 1000
    depth: int = 20


CAPS = Caps()


def check(folder: Path, ignored: Sequence[str] = (), caps: Caps = CAPS) -> None:
    """Check everything in a submitted folder, and open nothing but nbgrader's timestamp.

    Args:
        folder: ``submitted/<student>/<assignment>``.
        ignored: patterns of names that nbgrader never copies; what they match is passed over.
        caps: how much the folder may hold.

    Raises:
        SubmissionError: the first file that is no ordinary file, or is one too many or too large.
    """
    try:
        _check(folder, ignored, caps)
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error


def unreadable(path: Path, error: OSError) -> SubmissionError:
    """The error for a file or folder that this account cannot read."""
    return SubmissionError(
        f"{printable_path(path)} cannot be read ({error.strerror}); "
        "see to it that this account may read it, or ask the student to hand it in again",
        N_("{file} cannot be read ({reason}): give your account the right to read it."),
        file=printable_path(path),
        reason=error.strerror,
    )


@contextlib.contextmanager
def opened(path: Path, cap: int) -> Iterator[BinaryIO]:
    """Open an ordinary file for reading, and never anything else of that name.

    Raises:
        SubmissionError: a link, a pipe, a device, a folder, or more bytes than ``cap``.
        OSError: it is missing or cannot be read.
    """
    _require_own_file(os.lstat(path), path)
    # Check again once it is open: the name may refer to another file by now.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _require_own_file(status, path)
        _require_size(status.st_size, cap, path)
        yield file


def read(path: Path, cap: int = CAPS.notebook) -> bytes:
    """The bytes of an ordinary file; raises what ``opened`` does."""
    with opened(path, cap) as file:
        return content(file, cap, path)


def content(file: BinaryIO, cap: int, path: Path) -> bytes:
    """The bytes of an open file, which may have grown since; raises ``SubmissionError`` as well."""
    read = file.read(cap + 1)
    _require_size(len(read), cap, path)
    return read


def moment(text: str) -> datetime:
    """The time that a ``timestamp.txt`` holds, the earliest of several that it may mean.

    Raises:
        ValueError, OverflowError: it is no time.
    """
    return time_text.meanings(text.removeprefix("\ufeff"))[0].replace(tzinfo=UTC)


def utc(text: str) -> datetime:
    """nbgrader's ``parse_utc`` for text of a student's, where a time zone could name any file.

    Raises:
        ValueError: it is no time, or names a place of this machine.
        OverflowError, TypeError: for the same reason, as dateutil raises them.
    """
    if len(text) > _TIME_LENGTH or re.search(r"(?:^|\s)[/~.]|\.\.", text):
        raise ValueError(f"{text[:_TIME_LENGTH]!r} is no time")
    return parse_utc(text)  # type: ignore[no-any-return]


def names(folder: Path, ignored: Sequence[str] = ()) -> frozenset[str]:
    """The ordinary files below a folder, by their path in it."""
    return frozenset(
        str(path.relative_to(folder))
        for path, status in _below(folder, ignored)
        if stat.S_ISREG(status.st_mode)
    )


def require_place(path: Path, folder: Path) -> None:
    """Refuse a folder where a file of the course's comes, and a file where its folder does.

    Args:
        path: where the course's file comes; there may be another file, which it replaces.
        folder: the submitted folder, which was checked.

    Raises:
        SubmissionError: something else stands there.
    """
    for place in (path, *path.parents):
        if place == folder:
            return
        kind = stat.S_IFREG if place == path else stat.S_IFDIR
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            _require_kind(kind, os.lstat(place), place)


def printable_path(path: Path) -> str:
    """A path as one line of printable characters, even if a student chose others."""
    return printable_text(os.fsencode(path).decode(errors="backslashreplace"))


def printable_text(text: str) -> str:
    """A text as one line of printable characters; half a character is spelled out, too."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _check(folder: Path, ignored: Sequence[str], caps: Caps) -> None:
    total = 0
    _require_kind(stat.S_IFDIR, os.lstat(folder), folder)
    for number, (path, status) in enumerate(_below(folder, ignored), start=1):
        if number > caps.count:
            raise SubmissionError(
                f"{printable_path(folder)} is over a limit: more than {caps.count} files; "
                "ask the student to hand in the notebook alone"
            )
        if stat.S_ISDIR(status.st_mode):
            _require_depth(len(path.relative_to(folder).parts), caps.depth, folder)
            continue
        _require_own_file(status, path)
        _require_size(status.st_size, _cap(path, caps), path)
        total += status.st_size
        _require_size(total, caps.total, folder)
        if path == folder / TIMESTAMP:
            _require_timestamp(path)


def _below(folder: Path, ignored: Sequence[str]) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder, with its ``lstat`` result; no link is followed."""
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignored):
                    continue
                path, status = Path(entry.path), entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    folders.append(path)
                yield path, status


def _cap(path: Path, caps: Caps) -> int:
    return caps.notebook if path.suffix == ".ipynb" else caps.file


def _require_own_file(status: os.stat_result, path: Path) -> None:
    """Refuse hard links too: they are a second name of a file elsewhere."""
    _require_kind(stat.S_IFREG, status, path)
    if status.st_nlink > 1:
        raise SubmissionError(
            f"{printable_path(path)} is a hard link: expected a file of its own; "
            "ask the student to hand it in again",
            _NO_FILE,
            file=printable_path(path),
        )


def _require_kind(kind: int, status: os.stat_result, path: Path) -> None:
    if (actual := stat.S_IFMT(status.st_mode)) != kind:
        raise SubmissionError(
            f"{printable_path(path)} is {_KINDS.get(actual, 'no file')}: expected {_KINDS[kind]}; "
            "ask the student to hand it in again",
            _NO_FILE,
            file=printable_path(path),
        )


def _require_size(size: int, cap: int, path: Path) -> None:
    if size > cap:
        raise SubmissionError(
            f"{printable_path(path)} is over a limit: more than {cap // _MEGABYTE} MB; "
            "ask the student to clear the outputs, or to hand in less",
            N_("{file} has more than {limit} MB: clear the outputs and save it again."),
            file=printable_path(path),
            limit=cap // _MEGABYTE,
        )


def _require_depth(depth: int, cap: int, folder: Path) -> None:
    """Programs that go through folders take a step of their stack for each."""
    if depth > cap:
        raise SubmissionError(
            f"{printable_path(folder)} is over a limit: more than {cap} folders within folders; "
            "ask the student to hand in the notebook alone"
        )


def _require_timestamp(path: Path) -> None:
    """nbgrader gives up on the whole class where this file holds anything but a time."""
    text = ""
    try:
        if text := time_text.decoded(read(path, _MEGABYTE)):
            time_text.meanings(text)
    except (ValueError, OverflowError) as error:
        raise SubmissionError(
            f"{printable_path(path)} holds no time: expected one like 2030-01-31 12:00:00 UTC, "
            f"found {text[:40]!a}; correct the file, or remove it"
        ) from error
