"""Values as they travel between the examiner and a student's kernel: JSON and raw buffers.

Both sides use this one file: here it is imported, and its text goes into the kernel with the
probe's. So it imports nothing of ours, and numpy alone besides the standard library. Nothing is
ever pickled, and nothing that arrives is believed: every size is checked against the bytes that
came with it.

A value is ``None``, a bool, a str, or ``{tag: content}``; see ``Encoder`` for the tags.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

CHUNK = 8 << 20  # bytes; the client refuses a message part of more than 16 MB
MAX_BYTES = 512 << 20
MAX_NODES = 1_000_000
MAX_DEPTH = 64
MAX_DIGITS = 1000
# Of all dicts and sets in one answer: their keys can be chosen to collide, and then each new one is
# compared with all that came before.
MAX_KEYS = 10_000
DTYPES = "biufc"
_DTYPE = re.compile(r"[<>|=]?[biufc][0-9]{1,2}")  # numpy itself would read much more


class Malformed(Exception):  # noqa: N818 -- named for what arrived
    """What arrived is no value, or a larger one than may be sent."""


class _Counted:
    """Counts the parts of a value and how deep they lie; references to further parts included."""

    def __init__(self) -> None:
        self._nodes = self._depth = 0

    def _enter(self) -> None:
        self._nodes += 1
        self._depth += 1
        if self._nodes > MAX_NODES or self._depth > MAX_DEPTH:
            raise Malformed("a value with too many parts, or nested too deep")


class Encoder(_Counted):
    """Turns values into JSON and collects the buffers that belong to them.

    Args:
        refer: called with each value that is no plain data, and the encoder to use for parts of
            it; returns its ``{tag: content}``.
    """

    def __init__(self, refer: Callable[[Any, Encoder], dict[str, Any]]) -> None:
        super().__init__()
        self.buffers: list[bytes] = []
        self._refer = refer
        self._bytes = 0

    def encode(self, value: Any) -> Any:
        """The value as JSON; types are compared exactly, so that a subclass is never plain data."""
        try:
            self._enter()
            return self._encoded(value)
        finally:
            self._depth -= 1

    def _encoded(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return {"int": _digits(value)}
        if kind is float:
            return {"float": value if math.isfinite(value) else repr(value)}
        if kind is bytes:
            return {"bytes": self._add(value), "size": len(value)}
        if kind in (list, tuple, set, frozenset):
            return {kind.__name__: [self.encode(one) for one in value]}
        if kind is dict:
            return {"dict": [[self.encode(key), self.encode(one)] for key, one in value.items()]}
        if kind is np.str_:
            return str(value)
        if kind is np.ndarray and value.dtype.kind in DTYPES:
            return self._array("array", value)
        if (
            isinstance(value, np.generic)
            and kind.__module__ == "numpy"
            and value.dtype.kind in DTYPES
        ):
            return self._array("scalar", np.asarray(value))
        return self._refer(value, self)

    def _array(self, tag: str, value: Any) -> dict[str, Any]:
        if value.nbytes > MAX_BYTES:  # before it is made contiguous: a view can claim terabytes
            raise Malformed(f"an array of {value.nbytes} bytes; at most {MAX_BYTES} can be sent")
        data = np.ascontiguousarray(value).tobytes()
        dtype = value.dtype.newbyteorder("=").str if value.dtype.isnative else value.dtype.str
        return {tag: self._add(data), "dtype": dtype, "shape": list(value.shape)}

    def _add(self, data: bytes) -> list[int]:
        """Append ``data`` in parts; returns their places among the buffers."""
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES} bytes in one answer")
        first = len(self.buffers)
        self.buffers += [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]
        return list(range(first, len(self.buffers)))


class Decoder(_Counted):
    """Turns JSON and buffers back into values of exactly built-in and numpy types.

    Args:
        buffers: what came beside the JSON.
        resolve: called with the tag and the whole of each reference that is no plain data, and the
            decoder to use for parts of it.
    """

    def __init__(
        self, buffers: Sequence[Any], resolve: Callable[[str, dict[str, Any], Decoder], Any]
    ) -> None:
        super().__init__()
        self._buffers = buffers
        self._resolve = resolve
        self._bytes = self._keys = 0

    def decode(self, found: Any) -> Any:
        """The value that ``found`` stands for; raises ``Malformed`` if it stands for none."""
        try:
            self._enter()
            return self._decoded(found)
        finally:
            self._depth -= 1

    def _decoded(self, found: Any) -> Any:
        if found is None or type(found) in (bool, str):
            return found
        if type(found) is not dict or not found:
            raise Malformed(f"{type(found).__name__} is no value")
        tag = next(iter(found))
        try:
            return self._tagged(tag, found)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
            raise Malformed(f"{tag}: {error}") from error

    def _tagged(self, tag: str, found: dict[str, Any]) -> Any:
        content = found[tag]
        match tag:
            case "int":
                return _integer(content)
            case "float":
                return float(content)
            case "bytes":
                return self._data(content, found["size"])
            case "list" | "tuple":
                return {"list": list, "tuple": tuple}[tag](map(self.decode, _a_list(content)))
            case "set" | "frozenset":
                make = {"set": set, "frozenset": frozenset}[tag]
                return make(map(self.decode, self._hashed(content)))
            case "dict":
                pairs = map(_a_list, self._hashed(content))
                return {self.decode(key): self.decode(one) for key, one in pairs}
            case "array":
                return self._array(content, found)
            case "scalar":
                return self._array(content, found)[()]
            case _:
                return self._resolve(tag, found, self)

    def _array(self, places: Any, found: dict[str, Any]) -> Any:
        if type(found["dtype"]) is not str or not _DTYPE.fullmatch(found["dtype"]):
            raise Malformed(f"an array of dtype {found['dtype']!r:.100}")
        dtype = np.dtype(found["dtype"])
        shape = tuple(_a_list(found["shape"]))
        if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
            raise Malformed(f"an array of shape {shape!r:.100}")
        # In Python's own integers: numpy's would overflow for shapes of terabytes.
        size = math.prod(shape) * dtype.itemsize
        data = self._data(places, size)
        if not size:
            return np.empty(shape, dtype)
        values = np.frombuffer(data, dtype).reshape(shape)
        # A bool is a byte, and one that is neither 0 nor 1 is neither True nor False to numpy.
        return values.view(np.uint8).astype(bool) if dtype.kind == "b" else values.copy()

    def _data(self, places: Any, size: Any) -> bytes:
        parts = [memoryview(self._buffers[_index(place)]) for place in _a_list(places)]
        came = sum(part.nbytes for part in parts)
        if came != size:
            raise Malformed(f"{came} bytes came where {size!r:.40} were announced")
        self._bytes += came  # a buffer may be named many times over
        if self._bytes > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES} bytes in one answer")
        return b"".join(parts)

    def _hashed(self, found: Any) -> list[Any]:
        """What is to become a dict or a set, if it has not too many keys."""
        self._keys += len(_a_list(found))
        if self._keys > MAX_KEYS:
            raise Malformed(f"dicts and sets of more than {MAX_KEYS} keys")
        return _a_list(found)


def _digits(value: int) -> Any:
    """Small integers as they are, large ones in hexadecimal; JSON's readers know 53 bits."""
    if value.bit_length() > 4 * MAX_DIGITS:
        raise Malformed(f"an integer of {value.bit_length()} bits")
    return value if value.bit_length() < 53 else hex(value)


def _integer(found: Any) -> int:
    if type(found) is int:
        return found
    if type(found) is str and len(found) <= MAX_DIGITS + 3:
        return int(found, 16)
    raise Malformed("an integer of too many digits, or none")


def _index(place: Any) -> int:
    if type(place) is not int or place < 0:
        raise Malformed("a buffer's place is a number from 0")
    return place


def _a_list(found: Any) -> list[Any]:
    if type(found) is not list:
        raise Malformed("a list was announced")
    return found
