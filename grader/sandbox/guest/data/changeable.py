"""Which values a call can change in place, how a change is noticed, and how it is made up for.

Only values of exactly these types are looked at. What is of a class of the student's stays with
the student as a handle, and changes there.
"""

from __future__ import annotations

import copy
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import known_types

_BYTES = 256  # that are looked at as fast as one part of a list
_PLAIN = (type(None), bool, int, float, complex, str, bytes)


@dataclass(frozen=True)
class Changeable:
    """One type.

    Attributes:
        module: where it is.
        mark: tells what a value is now: its items, which are compared by identity, or a digest.
        update: makes a value what another one of the type is.
        weight: how much there is to look at when it is marked.
    """

    module: str
    mark: Callable[[Any], tuple[Any, ...] | bytes]
    update: Callable[[Any, Any], object]
    weight: Callable[[Any], int] = len


def is_changeable(value: Any) -> bool:
    """Whether a value is of exactly one of the types."""
    return _kind(value) is not None


def mark_of(value: Any) -> Any:
    """What tells whether a value has changed, beside a later mark of it."""
    kind = _kind(value)
    return () if kind is None else kind.mark(value)


def weight_of(value: Any) -> int:
    """How much there is to look at in a value: parts, or as many bytes as take that time."""
    kind = _kind(value)
    return 1 if kind is None else 1 + kind.weight(value)


def is_empty(value: Any) -> bool:
    """Whether a value holds nothing, as a log or a cache does that others shall fill."""
    if type(value).__name__ in ("StringIO", "BytesIO"):
        return not value.closed and not value.getvalue()
    try:
        return len(value) == 0
    except TypeError:  # an array that is a number, a generator of random numbers
        return False


def twin(value: Any) -> Any:
    """A copy of a value, which may change without it; its items are the same."""
    generator = type(value).__name__ in ("Generator", "RandomState", "Random")
    return copy.deepcopy(value) if generator else copy.copy(value)


def update(old: Any, new: Any) -> None:
    """Make ``old`` what ``new`` is, in place; raises ``ValueError`` where it cannot become that."""
    kind = _kind(old)
    if kind is None or type(old) is not type(new):
        raise ValueError(f"a {type(old).__name__} cannot become a {type(new).__name__} in place")
    kind.update(old, new)


def unlock(value: Any) -> None:
    """Let an array be changed that was made here of what arrived, though it is read-only."""
    if type(value) is np.ndarray:
        if type(value.base) is np.ndarray:
            value.base.flags.writeable = True
        value.flags.writeable = True


def _kind(value: Any) -> Changeable | None:
    name = type(value).__name__
    kind = TYPES.get(name)
    if kind is None or getattr(sys.modules.get(kind.module), name, None) is not type(value):
        return None
    return kind


def _pairs(value: Mapping[Any, Any]) -> tuple[Any, ...]:
    return (*value, *value.values())


def _digest(value: Any) -> bytes:
    """Of a value as it travels."""
    digest = hashlib.sha256()
    for part in _pieces(value):
        digest.update(part)
    return digest.digest()


def _array_mark(value: Any) -> bytes:
    return _digest(value) + bytes([value.flags.writeable])


def _pieces(value: Any) -> Iterator[Any]:
    """Bytes that differ where values differ."""
    kind = type(value)
    if kind is np.ndarray and value.dtype.kind in "biufcSUmMV" and not value.dtype.hasobject:
        yield f"{value.dtype} {value.shape}".encode()
        if value.nbytes:
            yield np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
    elif kind in _PLAIN or isinstance(value, np.generic):
        yield repr(value).encode("utf-8", "surrogatepass")
    elif kind in (list, tuple, dict, set, frozenset):
        yield f"{kind.__name__} {len(value)}".encode()
        for item in _pairs(value) if kind is dict else value:
            yield from _pieces(item)
    elif (known := known_types.parts_of(value)) is not None:
        yield known[0].encode()
        yield from _pieces(known[1])
    else:
        yield f"object {id(value)}".encode()


def _bytes(value: Any) -> int:
    return int(value.nbytes) // _BYTES


def _cells(value: Any) -> int:
    return int(value.size)


def _characters(value: Any) -> int:
    return 0 if value.closed else len(value.getvalue()) // _BYTES


def _state(_: Any) -> int:
    return 625  # numbers, where it is a Mersenne twister


def _update_list(old: Any, new: Any) -> None:
    old[:] = new


def _update_dict(old: dict[Any, Any], new: dict[Any, Any]) -> None:
    old.clear()
    for key, item in new.items():  # a Counter's update would add
        old[key] = item


def _update_set(old: set[Any], new: set[Any]) -> None:
    old.clear()
    old.update(new)


def _update_deque(old: Any, new: Any) -> None:
    old.clear()
    old.extend(new)


def _update_array(old: Any, new: Any) -> None:
    if old.dtype != new.dtype or old.size != new.size:
        raise ValueError(
            f"an array of {old.dtype} and shape {old.shape} cannot become one of {new.dtype} and "
            f"shape {new.shape} in place"
        )
    if old.shape != new.shape:
        old.shape = new.shape
    old[...] = new
    if not new.flags.writeable:
        old.flags.writeable = False


def _update_masked(old: Any, new: Any) -> None:
    _update_array(old.data, new.data)
    old.mask = np.ma.getmaskarray(new)


def _update_text(old: Any, new: Any) -> None:
    if new.closed:
        old.close()
        return
    old.seek(0)
    old.truncate()
    old.write(new.getvalue())
    old.seek(new.tell())


def _update_generator(old: Any, new: Any) -> None:
    if type(old.bit_generator) is not type(new.bit_generator):
        raise ValueError("a generator of random numbers cannot become one of another kind")
    old.bit_generator.state = new.bit_generator.state


TYPES = {
    "list": Changeable("builtins", tuple, _update_list),
    "dict": Changeable("builtins", _pairs, _update_dict),
    "set": Changeable("builtins", tuple, _update_set),
    "bytearray": Changeable("builtins", bytes, _update_list),
    "Counter": Changeable("collections", _pairs, _update_dict),
    "OrderedDict": Changeable("collections", _pairs, _update_dict),
    "defaultdict": Changeable("collections", _pairs, _update_dict),
    "deque": Changeable("collections", tuple, _update_deque),
    "ndarray": Changeable("numpy", _array_mark, _update_array, _bytes),
    "MaskedArray": Changeable("numpy.ma", _digest, _update_masked, _bytes),
    "DataFrame": Changeable("pandas", _digest, known_types.update, _cells),
    "Series": Changeable("pandas", _digest, known_types.update, _cells),
    "StringIO": Changeable("io", _digest, _update_text, _characters),
    "BytesIO": Changeable("io", _digest, _update_text, _characters),
    "Generator": Changeable("numpy.random", _digest, _update_generator, _state),
    "RandomState": Changeable(
        "numpy.random", _digest, lambda old, new: old.set_state(new.get_state()), _state
    ),
    "Random": Changeable("random", _digest, lambda old, new: old.setstate(new.getstate()), _state),
}
"""By the name of the type."""
