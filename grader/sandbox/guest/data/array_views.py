"""Arrays that are views of others: which array a view is sent as a part of, and how it is made.

Where both sides have an array, a view of it is sent as its place there, so that what is written
into the view is written into the array, as in a notebook.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..protocol import MAX_VIEWED
from . import array_bytes


def is_view(value: Any) -> bool:
    """Whether a value is an array of plain numbers or texts in the memory of another array."""
    return (
        type(value) is np.ndarray
        and type(base_of(value)) is np.ndarray
        and array_bytes.is_plain(value.dtype)
        and value.nbytes > 0
    )


def base_of(view: Any) -> Any:
    """The array in whose memory another one lies; of ``sliding_window_view``, too."""
    base = view.base
    if type(base) is not _STRIDED:
        return base
    return base.base if base.base.base is None else base_of(base.base)


def seen_whole(view: Any, others: Iterable[Any]) -> Any:
    """The one of some other values that a view is a part of; None if of none.

    An array as large as the view is one only where the view is made of it.
    """
    return next((each for each in others if _is_part(view, each)), None)


def owner(view: Any) -> Any:
    """The array that a view is of, if anybody beside the view holds it, and it is not large."""
    root = base_of(view)
    if root.nbytes > MAX_VIEWED or sys.getrefcount(root) <= _HELD_BY_VIEW:
        return None
    return root if root.dtype == view.dtype and place(view, root) is not None else None


def place(view: Any, whole: Any) -> int | None:
    """At which byte of an array its view begins; None where it is no part of it."""
    if not (whole.flags.c_contiguous or whole.flags.f_contiguous):
        return None
    begin, end = np.lib.array_utils.byte_bounds(whole)
    first, last = np.lib.array_utils.byte_bounds(view)
    if not begin <= first < last <= end:
        return None
    return int(view.__array_interface__["data"][0]) - begin


def made(whole: Any, offset: Any, shape: tuple[int, ...], strides: Any) -> Any:
    """The view of an array at a place that arrived; raises ``ValueError``."""
    if type(whole) is not np.ndarray or not array_bytes.is_plain(whole.dtype):
        raise ValueError("a view is a part of an array")
    if type(offset) is not int or any(type(stride) is not int for stride in strides):
        raise ValueError("a view has whole numbers as its place")
    rows = whole.T if array_bytes.in_columns(whole) else whole
    if not rows.flags.c_contiguous:
        raise ValueError("a view is a part of an array without gaps")
    memory = rows.reshape(-1).view(np.uint8)
    return np.ndarray(shape, whole.dtype, memory, offset, tuple(strides))


def shares(one: Any, other: Any) -> bool:
    """Whether two arrays are of one array's memory."""
    return type(other) is np.ndarray and _root(one) is _root(other)


def _is_part(view: Any, other: Any) -> bool:
    if other is view or not shares(view, other) or other.dtype != view.dtype:
        return False
    is_larger = other is base_of(view) or other.nbytes > view.nbytes
    has_gaps = not (view.flags.c_contiguous or view.flags.f_contiguous)  # the other one has none
    return (is_larger or has_gaps) and place(view, other) is not None


def _root(array: Any) -> Any:
    return array if array.base is None else base_of(array)


def _held_by_view() -> int:
    view = np.zeros(2)[:1]
    root = view.base
    return sys.getrefcount(root)


_STRIDED: Any = type(np.lib.stride_tricks.as_strided(np.zeros(1)).base)  # what numpy puts between
_HELD_BY_VIEW = _held_by_view()
