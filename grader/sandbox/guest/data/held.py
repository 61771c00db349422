"""Tells which values are held by anybody else, from how many references there are to each.

What is told is an upper bound: a reference that nobody accounts for counts as somebody's.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import long_lists


def held(values: Mapping[int, Any], marks: Iterable[Any]) -> list[int]:
    """The keys of those values that are held by anything beside this, or are part of such a value.

    Args:
        values: the mapping is the only one that holds them on behalf of the caller.
        marks: tuples that hold some of their parts, too, and other things.
    """
    more = _references(values)
    if not any(count > 0 for count in more.values()):
        return []
    for mark in marks:
        if type(mark) is tuple:
            _subtract(mark, more)
    for key in values:
        _subtract(_parts(values[key]), more)
    return reached(values, {number for number, count in more.items() if count > 0})


def _references(values: Mapping[int, Any]) -> dict[int, int]:
    """By the identity of each value, the references to it that are not this module's."""
    found = {}
    for value in values.values():
        found[id(value)] = sys.getrefcount(value) - _OWN
    return found


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


def _own_references() -> Iterator[int]:
    """How many references ``_references`` sees to a value that nobody holds."""
    values: dict[int, Any] = {0: []}
    for value in values.values():
        yield sys.getrefcount(value)


_OWN = next(_own_references())
