"""How many parts a value has: what looking at it, printing it or comparing it may take."""

from __future__ import annotations

import collections
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..protocol import MAX_DEPTH, MAX_NODES
from . import long_lists

_MAPPINGS = (dict, collections.Counter, collections.OrderedDict, collections.defaultdict)
_CONTAINERS = (list, set, frozenset, collections.deque)
_PACKED_TOGETHER = 100  # items of a long list count as one part: it travels packed


def size(value: Any, known: dict[int, int], depth: int = 0) -> int:
    """How many parts a value has, each counted as often as it is part of it.

    Args:
        value: one that is part of itself has too many parts, which is a ``ValueError``.
        known: sizes by identity; this one is added.
        depth: how deep in another value it is.
    """
    if (counted := known.get(id(value))) is not None:
        return counted
    if (travelling := long_lists.is_long(value)) or (items := _items(value)) is None:
        return len(value) // _PACKED_TOGETHER if travelling else 1
    if depth > MAX_DEPTH:
        raise ValueError("a value with too many parts, or nested too deep")
    counted = 1
    for item in items:
        counted += size(item, known, depth + 1)
        if counted > MAX_NODES:
            raise ValueError("a value with too many parts, or nested too deep")
    known[id(value)] = counted
    return counted


def _items(value: Any) -> Iterator[Any] | None:
    """What a value holds; None for what is no container."""
    kind, items = type(value), None
    if kind in _MAPPINGS:
        items = (*value, *value.values())
    elif kind in _CONTAINERS:
        items = value
    elif issubclass(kind, tuple):
        return tuple.__iter__(value)
    elif kind is types.SimpleNamespace:
        items = vars(value).values()
    elif kind is np.ndarray and value.dtype.hasobject:
        items = value.flat
    return None if items is None else (item for item in items)
