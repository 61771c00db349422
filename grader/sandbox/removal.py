"""Removes folders of any depth: the standard library's way recurses, and gives up at a thousand."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, as far as that is possible; no link is followed.

    Folders within folders are moved up first, so that no path becomes too long either.

    Args:
        folder: is gone afterwards, unless this account may not remove something in it. What is a
            link to a folder stays.
    """
    if folder.is_symlink():
        return
    names = (f".removed-{number}" for number in itertools.count())
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        waiting.extend(_emptied(here, folder, names))
        if here != folder:
            with contextlib.suppress(OSError):
                here.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _emptied(here: Path, top: Path, names: Iterator[str]) -> list[Path]:
    """Remove the files in a folder, and move its folders to the top; returns where they are."""
    moved: list[Path] = []
    with contextlib.suppress(OSError):
        here.chmod(stat.S_IRWXU)  # what is in it may be locked away
        for entry in list(os.scandir(here)):
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    Path(entry.path).unlink()
                elif here == top:
                    moved.append(Path(entry.path))
                else:
                    moved.append(Path(entry.path).rename(top / next(names)))
    return moved
