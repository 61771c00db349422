"""Tells which values are held by anybody else, from how many references there are to each.

What is told is an upper bound: a reference that nobody accounts for counts as somebody's.
"""

from __future__ import annotations

import gc
import operator
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import array_views, long_lists


@dataclass(frozen=True)
class Held:
    """Which of some values are held by others.

    Attributes:
        numbers: the keys of these.
        least: for each of the values, with how many references it is held by itself; 0 where it is
            held as a part of another one, or not at all.
    """

    numbers: list[int]
    least: list[int]


def held(values: Mapping[int, Any], marks: Iterable[Any]) -> Held:
    """Those values that are held by anything beside this, or are part of such a value.

    Args:
        values: the mapping is the only one that holds them on behalf of the caller.
        marks: tuples that hold some of their parts, too, and other things.
    """
    counts, views = _counts(values), _views_of_held(values)
    more = dict(zip(map(id, values.values()), counts, strict=True))
    if not any(count > 0 for count in more.values()) and not views:
        return Held([], [0] * len(counts))
    for mark in marks:
        if type(mark) is tuple:
            _subtract(mark, more)
    for key in values:
        _subtract(_parts(values[key]), more)
    roots = {number for number, count in more.items() if count > 0} | views
    left = zip(counts, more.values(), strict=True)
    least = [count - others + 1 if others > 0 else 0 for count, others in left]
    return Held(reached(values, roots), least)


def _views_of_held(values: Mapping[int, Any]) -> set[int]:
    """The identities of the views of arrays that others hold: they change with these arrays."""
    views = [value for value in values.values() if array_views.is_view(value)]
    ours = Counter(id(array_views.base_of(view)) for view in views)
    ours.update(id(value) for value in values.values() if id(value) in ours)
    return {
        id(view)
        for view in views
        if sys.getrefcount(base := array_views.base_of(view)) - 2 > ours[id(base)]
    }


def is_held_still(values: Mapping[int, Any], least: Sequence[int]) -> bool:
    """Whether all values are held as they were, where neither they nor their marks have changed.

    Args:
        values: as ``held`` had them, which found all of them held.
        least: what it found.
    """
    return all(map(operator.ge, _counts(values), least))


def _counts(values: Mapping[int, Any]) -> list[int]:
    """The references to each value that are not this module's."""
    return [count - _OWN for count in map(sys.getrefcount, values.values())]


def _subtract(parts: Iterable[Any], more: dict[int, int]) -> None:
    for part in parts:
        if id(part) in more:
            more[id(part)] -= 1


def _parts(value: Any) -> Iterable[Any]:
    """What a value itself refers to; numbers and texts alone where a list is a long one."""
    return () if long_lists.is_long(value) else gc.get_referents(value)


def reached(values: Mapping[int, Any], roots: set[int]) -> list[int]:
    """The keys of the values that can be reached from some of them, in their order.

    Args:
        values: all of them.
        roots: the identities of some.
    """
    known = {id(value): value for value in values.values()}
    found, waiting = set(roots), [known[root] for root in roots]
    while waiting:
        for part in _parts(waiting.pop()):
            if id(part) in known and id(part) not in found:
                found.add(id(part))
                waiting.append(part)
    return [key for key, value in values.items() if id(value) in found]


_OWN = next(map(sys.getrefcount, {0: []}.values()))  # of a value that nobody holds
