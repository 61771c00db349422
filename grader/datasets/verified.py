"""Whether the data sets are real, and still those that were there when grading began.

A student's cell that finds a data set gone or damaged ends like one with a mistake. So whoever
judges looks before and afterwards whether the files are the same, and keeps no verdict otherwise.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TypeAlias

from grader.datasets.catalog import DATASETS, FILES, problems
from grader.errors import DataError

# Of each file: what changes when it is written or replaced; None where it is not there.
State: TypeAlias = tuple[tuple[int, int, int] | None, ...]

_verified: dict[Path, State] = {}


def verify(folder: Path) -> None:
    """Make sure that the data folder holds both data sets, whole and real (about 0.3 s).

    Raises:
        DataError: names the first file that is missing or wrong, and the remedy.
    """
    before = _state(folder)
    if lines := problems(folder):
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        raise DataError(f"{lines[0]}{more}: `grader data` fetches it")
    _verified[folder] = before


def begin(folder: Path) -> State:
    """The state of the files that work is to be judged with; see ``expect_same``.

    Raises:
        DataError: this process has verified them before, and they are not real any more.
    """
    state = _state(folder)
    if folder in _verified and state != _verified[folder]:
        verify(folder)  # they may have been fetched again meanwhile
        return _verified[folder]
    return state


def expect_same(folder: Path, before: State) -> None:
    """Make sure that all files are as they were; where one was missing before, nothing rests on it.

    Raises:
        DataError: names the first that is not, and the remedy.
    """
    if None in before:
        return
    for path, old, new in zip(_files(folder), before, _state(folder), strict=True):
        if old != new:
            what = "is missing" if new is None else "was changed"
            raise DataError(
                f"{path} {what} since grading began, and no verdict may rest on that: "
                "`grader data` checks it and fetches it, then run the same command again"
            )


def _state(folder: Path) -> State:
    return tuple(map(_of, _files(folder)))


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name / file for name in DATASETS for file in FILES)


def _of(file: Path) -> tuple[int, int, int] | None:
    with contextlib.suppress(OSError):
        status = file.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
    return None
