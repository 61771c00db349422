"""What an object holds whose class derives from a type of plain data: a list, a text, a number."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# Each of them reads the data themselves, whatever methods the class has for that.
_CONTENTS: Mapping[type, Callable[[Any], Any]] = {
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__add__(value, 0.0),
    complex: lambda value: complex.__add__(value, 0j),
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    **dict.fromkeys((OrderedDict, Counter, defaultdict), lambda value: dict(dict.items(value))),
    dict: dict.copy,
}


def content(value: Any, methods: Sequence[str]) -> tuple[bool, Any]:
    """Whether some methods of a value are those of the type that it derives from, and its data.

    Args:
        value: any object.
        methods: names of special methods, without underscores.
    """
    for kind, read in _CONTENTS.items():
        if isinstance(value, kind):
            names = [f"__{name}__" for name in methods]
            if all(getattr(type(value), n, None) == getattr(kind, n, None) for n in names):
                return True, read(value)
    return False, None
