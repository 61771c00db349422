"""Keeps what a student's masked array hides from counting as right.

numpy compares a masked array only where it is not masked: one that hides all its values is equal to
every other array. A test that looks at masks itself compares them as numpy does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.errors import ClaimFailed
from grader.examiner.surroundings.replaced import replaced

# What comparisons are made of, those of np.isclose and np.testing among them.
_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__sub__", "__rsub__")
_LOOKS_AT_MASKS = re.compile(r"mask|\bma\b|\bcompressed\b")


@contextlib.contextmanager
def hiding_nothing(text: str) -> Iterator[None]:
    """In the body, let no masked array be compared that hides values which the other one shows.

    Args:
        text: of the test cell, and of what it imports of the course's.
    """
    with contextlib.ExitStack() as until_the_end:
        for name in () if _LOOKS_AT_MASKS.search(text) else _COMPARED:
            guarded = _guarded(getattr(np.ma.MaskedArray, name))
            until_the_end.enter_context(replaced(np.ma.MaskedArray, name, guarded))
        yield


def _guarded(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def compared(array: Any, other: Any) -> Any:
        if np.ma.is_masked(array) and not np.ma.is_masked(other):
            raise ClaimFailed(
                "Your answer hides {count} of its {size} values behind a mask, so they cannot be "
                "compared. Expected: an array without masked values; array.filled(0) gives one.",
                count=int(np.ma.getmaskarray(array).sum()),
                size=array.size,
            )
        return compare(array, other)

    return compared
