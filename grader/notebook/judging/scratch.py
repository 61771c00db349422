"""Makes temporary folders for judging, and removes those that killed processes left."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox.memory import BoundKind, Group, memory_bound
from grader.sandbox.removal import remove_tree
from grader.sandbox.sandbox_dir import PLACE

# Folders that carry the number of the process that made them, and removes them if it can.
_MADE = re.compile(r"grader-(?:judge|sandbox|warm|referee|claims)-(\d+)-\w+")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder; gone afterwards, or when ``remove_leftovers`` is called next."""
    prefix = f"grader-judge-{os.getpid()}-"
    place = Path(tempfile.mkdtemp(prefix=prefix, dir=PLACE))
    try:
        yield place
    finally:
        remove_tree(place)


def remove_leftovers() -> None:
    """Remove the folders and control groups of processes that were killed before they could."""
    for path in PLACE.glob("grader-*"):
        with contextlib.suppress(OSError):
            if _orphaned(path.name) and path.lstat().st_uid == os.geteuid():
                remove_tree(path)
    bound = memory_bound()
    if bound.parent:
        for path in Path(bound.parent).glob("grader-sandbox-*"):
            if _orphaned(path.name):
                Group(path, 1 if bound.kind is BoundKind.V1 else 2).remove()


def _orphaned(name: str) -> bool:
    made = _MADE.fullmatch(name)
    return made is not None and not Path("/proc", made[1]).exists()
