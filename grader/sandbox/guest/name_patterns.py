"""Picks the names that are asked for: whole ones, and by patterns such as ``question_*``."""

from __future__ import annotations

import builtins
import fnmatch
from collections.abc import Iterable, Sequence

ANY = "*"
"""Stands in a pattern for what the text of a cell does not tell."""

_PYTHONS = frozenset(dir(builtins))


def picked(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Those of ``names`` that are wanted, each once.

    A pattern finds no name of Python's own, and none that begins with an underscore: IPython has
    many of these.
    """
    whole = frozenset(wanted)
    patterns = [name for name in wanted if ANY in name]
    return [
        name
        for name in dict.fromkeys(names)
        if name in whole or (_is_open(name) and any(_fits(name, each) for each in patterns))
    ]


def _is_open(name: str) -> bool:
    return name not in _PYTHONS and not name.startswith("_")


def _fits(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern)
