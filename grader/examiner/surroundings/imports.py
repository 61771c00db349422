"""Modules for test cells: those that the course's cells import, and those beside the notebook.

A test may use ``np`` that a given cell imports. While it is graded, ``np`` is this process' numpy:
a student may have replaced the functions of theirs. A module beside the notebook is the course's
file, and is forgotten afterwards.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock


def imported(statements: Mapping[str, str], names: Sequence[str]) -> dict[str, Any]:
    """Those of ``names`` for which there is a statement, imported in this process.

    What cannot be imported here is left out.

    Args:
        statements: by name, import statements of the course's.
        names: which are asked for.
    """
    found = {}
    for name in names:
        if name in statements:
            space: dict[str, Any] = {}
            with contextlib.suppress(Exception):
                exec(statements[name], space)  # the course's own
                found[name] = space[name]
    return found


@contextlib.contextmanager
def modules_beside(folder: Path) -> Iterator[None]:
    """Let the body import modules from a folder, and from no working directory.

    The folder comes last: a file there must hide no package. Where a student's files may lie, a
    Python that the test starts, as libraries do for many cores, imports nothing either.
    """
    path, known, looked_into = list(sys.path), set(sys.modules), set(sys.path_importer_cache)
    sys.path[:] = [place for place in path if Path(place).is_absolute()] + [str(folder)]
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with mock.patch.dict(os.environ, PYTHONSAFEPATH="1"):
            yield
    finally:
        sys.path[:], sys.dont_write_bytecode = path, writes
        for name in set(sys.modules) - known:
            if _lies_in(folder, sys.modules[name]):
                del sys.modules[name]
        for place in sys.path_importer_cache.keys() - looked_into:
            if _is_below(place, folder):
                del sys.path_importer_cache[place]


def _lies_in(folder: Path, module: Any) -> bool:
    """Whether a module was read there; some are objects that answer every name (torch.classes)."""
    space: dict[str, Any] = getattr(module, "__dict__", {})
    places = [space.get("__file__"), *space.get("__path__", ())]
    return any(_is_below(place, folder) for place in places if isinstance(place, str))


def _is_below(place: str, folder: Path) -> bool:
    return Path(place).is_relative_to(folder)
