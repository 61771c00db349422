"""What a test has replaced, as ``unittest.mock.patch`` does: functions of libraries, and names.

A student's code finds the replacements too: they travel with each question. A name of the student's
counts as replaced where the test says so, as with ``patch("__main__.roll")`` or
``patch.dict(globals(), roll=...)``. What the test's own code binds is the test's alone: it may be
what the test expects.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

# What courses replace: what a program reads from people, and what differs each time.
_WATCHED = {
    "builtins": ("input", "print", "open"),
    "random": tuple(
        name for name in random.__all__ if name[0].islower() and name not in ("seed", "setstate")
    ),
    "time": ("sleep", "time", "perf_counter", "monotonic", "process_time", "strftime"),
    "os": ("getenv", "getcwd", "listdir", "system"),
    "subprocess": ("run", "check_output"),
    "webbrowser": ("open",),
}

_SHADOWED = ("input", "print")
_PATCHED = "open"  # of the notebook, as ``patch("__main__.open")``; a test may have its own


def _current() -> dict[str, Any]:
    return {
        f"{module}:{name}": getattr(sys.modules[module], name)
        for module, names in _WATCHED.items()
        if module in sys.modules
        for name in names
    }


class Replaced:
    """What is replaced from now on.

    Attributes:
        names: what the test cell defines: in a notebook, ``input = ...`` there is a name of the
            student's, too.
    """

    def __init__(self) -> None:
        self.names: Mapping[str, Any] = {}
        self._looked_up: Mapping[str, Any] = {}
        self._shadowed: tuple[str, ...] = _SHADOWED
        self._before = _current()
        self._stdin = sys.stdin

    def runs_beside(
        self, names: Mapping[str, Any], looked_up: Mapping[str, Any], bound: AbstractSet[str]
    ) -> None:
        """Begin with a test cell.

        Args:
            names: what is defined in it, now and later.
            looked_up: what was there from the student's kernel.
            bound: names that the text of the cell binds.
        """
        self.names = names
        self._looked_up = {name: looked_up[name] for name in looked_up if name not in bound}
        self._shadowed = (*_SHADOWED, *({_PATCHED} - bound))

    def now(self) -> dict[str, Any]:
        """The replacements, by place."""
        found = {
            place: value
            for place, value in _current().items()
            if value is not self._before.get(place, value)
        }
        shadowed = (name for name in self._shadowed if name in self.names)
        found |= {f"builtins:{name}": self.names[name] for name in shadowed}
        found |= {
            f"__main__:{name}": self.names[name]
            for name, value in self._looked_up.items()
            if name in self.names and self.names[name] is not value
        }
        if sys.stdin is not self._stdin:
            found["sys:stdin"] = sys.stdin
        return found
