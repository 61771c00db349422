"""Keeps what a student's masked array or missing values hide from counting as right.

numpy compares a masked array only where it is not masked: one that hides all its values is equal to
every other array. A comparison with pandas' ``NA`` is ``NA``, and ``all`` and ``any`` leave that
out. A test that looks at masks or at missing values itself compares as these libraries do.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from grader.errors import ClaimFailed
from grader.examiner.replaced import replaced

# What comparisons are made of, those of np.isclose and np.testing among them.
_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__sub__", "__rsub__")
_LOOKS_AT_MASKS = re.compile(r"mask|\bma\b|\bcompressed\b")
_LOOKS_AT_MISSING = re.compile(r"\bNA\b|isna|notna|isnull|notnull|dropna|fillna|skipna")


@contextlib.contextmanager
def hiding_nothing(text: str) -> Iterator[Callable[[], None]]:
    """In the body, let no array be compared that hides values which the other one shows.

    Args:
        text: of the test cell, and of what it imports of the course's.

    Yields:
        What is called after each answer: one of pandas' has imported pandas.
    """
    with contextlib.ExitStack() as until_the_end:
        for name in () if _LOOKS_AT_MASKS.search(text) else _COMPARED:
            guarded = _guarded(getattr(np.ma.MaskedArray, name))
            until_the_end.enter_context(replaced(np.ma.MaskedArray, name, guarded))
        waiting = [] if _LOOKS_AT_MISSING.search(text) else ["all", "any"]

        def look() -> None:
            if waiting and "pandas" in sys.modules:
                until_the_end.enter_context(_leaving_out_nothing(waiting))
                waiting.clear()

        look()
        yield look


@contextlib.contextmanager
def _leaving_out_nothing(names: Iterable[str]) -> Iterator[None]:
    """In the body, let these reductions of pandas' be decided by what is there."""
    from pandas.core.arrays.masked import BaseMaskedArray

    with contextlib.ExitStack() as until_the_end:
        for name in tuple(names):
            decided = _decided(getattr(BaseMaskedArray, name))
            until_the_end.enter_context(replaced(BaseMaskedArray, name, decided))
        yield


def _decided(reduce: Callable[..., Any]) -> Callable[..., Any]:
    """``all`` or ``any``, refused where what is missing would decide."""

    def reduced(array: Any, *, skipna: bool = True, **named: Any) -> Any:
        if skipna and reduce(array, skipna=False, **named) is sys.modules["pandas"].NA:
            raise ClaimFailed(
                "{count} of {size} comparisons with your answer are <NA>, since values are missing "
                "in it. Expected: an answer without missing values.",
                count=int(array.isna().sum()),
                size=len(array),
            )
        return reduce(array, skipna=skipna, **named)

    return reduced


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
