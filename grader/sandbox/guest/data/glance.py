"""Tells at a glance that none of many values has changed, without a look at each by itself.

A test may hold thousands of lists while it asks thousands of questions, and nearly always none of
them has changed. So what all of them hold is compared at once, by functions that Python has in C.
"""

from __future__ import annotations

import collections
from collections.abc import Collection
from itertools import chain, compress
from typing import Any

_OF_ITEMS = frozenset((list, set, collections.deque))
_OF_PAIRS = frozenset((dict, collections.Counter, collections.OrderedDict, collections.defaultdict))


def glance(values: Collection[Any]) -> list[int]:
    """What is equal for the same values as long as no list, set, deque or dict of them has changed.

    Items are told by their identity, so they must live for as long as glances are compared; no
    ``__eq__`` of theirs is called.
    """
    kinds = list(map(type, values))
    of_items = list(compress(values, map(_OF_ITEMS.__contains__, kinds)))
    of_pairs = list(compress(values, map(_OF_PAIRS.__contains__, kinds)))
    parts = chain(*of_items, *of_pairs, *(value.values() for value in of_pairs))
    return [*map(len, of_items), *map(len, of_pairs), *map(id, parts)]
