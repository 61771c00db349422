"""``operator.length_hint`` of a student's object, as their class says.

Python itself asks for it where it makes a list, and makes room for as much: so a handle has no such
method, and is asked only where the test calls this function.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Iterator
from typing import Any

from grader.examiner.objects.handles import kept_of
from grader.examiner.replaced import replaced


@contextlib.contextmanager
def asked_for() -> Iterator[None]:
    """Let ``operator.length_hint`` ask for the one of a handle in the body."""
    pythons_own = operator.length_hint

    def hinted(value: Any, default: int = 0) -> int:
        if kept_of(value) is None or not hasattr(value, "__length_hint__"):
            return pythons_own(value, default)
        hint = value.__length_hint__()
        if type(hint) is not int or hint < 0:
            raise TypeError(f"__length_hint__ of the student's class returned {hint!r:.100}")
        return hint

    with replaced(operator, "length_hint", hinted):
        yield
