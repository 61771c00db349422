"""Long lists and tuples of numbers or texts, packed: each item alone would take 15 bytes of JSON.

Only items of exactly one type are packed, so that each comes back as what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..protocol import MAX_ITEMS, PACKED_FROM

_NUMBERS = {"float": np.dtype("<f8"), "int": np.dtype("<i8"), "bool": np.dtype("?")}
_LENGTHS = np.dtype("<u4")


def is_long(value: Any) -> bool:
    """Whether a value is a list or a tuple of so many numbers or texts that it travels packed."""
    if type(value) not in (list, tuple) or len(value) < PACKED_FROM:
        return False
    kinds = set(map(type, value))
    return len(kinds) == 1 and kinds.pop() in (float, int, bool, str)


def packed(items: Sequence[Any]) -> tuple[str, list[bytes]] | None:
    """The type of all items, and their bytes; None where they are not to be packed.

    Raises:
        ValueError: there are more than may be sent.
    """
    if len(items) < PACKED_FROM:
        return None
    kinds = set(map(type, items))
    if len(kinds) != 1 or (name := kinds.pop().__name__) not in (*_NUMBERS, "str"):
        return None
    if len(items) > MAX_ITEMS:
        raise ValueError(
            f"a list of {len(items)} items; at most {MAX_ITEMS} can be sent, and arrays of more"
        )
    if name == "str":
        return _texts(items)
    if type(items[0]) not in (float, int, bool):  # of a class of the student's of that name
        return None
    try:
        return name, [np.array(items, _NUMBERS[name]).tobytes()]
    except OverflowError:  # integers of more than 64 bits
        return None


def _texts(items: Sequence[Any]) -> tuple[str, list[bytes]] | None:
    if type(items[0]) is not str:
        return None
    lengths = np.fromiter(map(len, items), _LENGTHS, len(items))
    return "str", [lengths.tobytes(), "".join(items).encode("utf-8", "surrogatepass")]


def unpacked(name: str, parts: Sequence[bytes]) -> list[Any]:
    """The items again; raises ``ValueError`` or ``KeyError`` where they are none."""
    if name == "str":
        return _unpacked_texts(*parts)
    (data,) = parts
    dtype = _NUMBERS[name]
    if len(data) > MAX_ITEMS * dtype.itemsize:
        raise ValueError(f"a list of more than {MAX_ITEMS} items")
    numbers = np.frombuffer(data, np.uint8 if name == "bool" else dtype)
    items: list[Any] = (numbers != 0 if name == "bool" else numbers).tolist()
    return items


def _unpacked_texts(lengths: bytes, text: bytes) -> list[str]:
    counts = np.frombuffer(lengths, _LENGTHS)
    if len(counts) > MAX_ITEMS:
        raise ValueError(f"a list of more than {MAX_ITEMS} items")
    ends = np.cumsum(counts, dtype=np.int64).tolist()
    whole = text.decode("utf-8", "surrogatepass")
    if (ends or [0])[-1] != len(whole):
        raise ValueError("texts of other lengths were announced")
    return [whole[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
