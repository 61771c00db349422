"""Writes files so that each holds all of its content, or what it held before.

The content is written beside the file and flushed, and the result renamed. A full disk, a kill or a
power cut leaves the file as it was. A file that a killed process left beside is replaced by the
next one that writes the same file.

The store of runs writes otherwise (``grader.referee.store.atomic_files``): its entries are new
folders, which are renamed as a whole and checked by a digest when they are read.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

UNFINISHED = ".*.unfinished"  # pattern of the files that a killed process may leave


def write(file: Path, content: bytes, permissions: int | None = None) -> None:
    """Replace ``file``; see ``write_all``."""
    write_all({file: content}, permissions)


def write_all(contents: Mapping[Path, bytes], permissions: int | None = None) -> None:
    """Replace several files once all of them are written: none, if one cannot be written.

    Args:
        contents: what each file is to hold; its folder must exist.
        permissions: of the files; None: as before, and as for any new file.

    Raises:
        OSError: a file cannot be written; all are as they were.
    """
    beside = {file: file.with_name(f".{file.name}.unfinished") for file in contents}
    try:
        for file, content in contents.items():
            _write(beside[file], content, _mode(file) if permissions is None else permissions)
        for file, unfinished in beside.items():
            unfinished.replace(file)
    finally:
        for unfinished in beside.values():
            with contextlib.suppress(OSError):
                unfinished.unlink()


def _write(file: Path, content: bytes, mode: int | None) -> None:
    file.unlink(missing_ok=True)  # one that was left, perhaps not to be written
    with file.open("wb") as opened:
        if mode is not None:
            os.fchmod(opened.fileno(), mode)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _mode(file: Path) -> int | None:
    """The permissions of a file; None where it is not there."""
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(file.stat().st_mode)
    return None
