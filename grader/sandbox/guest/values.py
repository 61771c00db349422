"""Encodes and decodes the values that the examiner and a student's kernel send: JSON and buffers.

Both sides import this module. Nothing is ever pickled, and nothing that arrives is trusted: every
size is checked against the bytes that came with it.

A value is ``None``, a bool, a str, or ``{tag: content}``; see ``Encoder`` for the tags.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import standard_types
from .protocol import CHUNK, MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_KEYS, MAX_NODES

DTYPES = "biufcSUmM"
_DTYPE = re.compile(  # numpy itself would read much more, and take S0 for S1
    r"[<>|=]?(?:[biufc][0-9]{1,2}|[SU][1-9][0-9]{0,4}|[mM]8(?:\[[0-9]{0,6}[A-Za-z]{1,2}\])?)"
)
_MOST_CODE = 0x10FFFF  # of a character


class Malformed(Exception):  # noqa: N818 -- named for what arrived
    """What arrived is no value, or exceeds a limit."""


class _Counted:
    """Counts the parts of a value and how deep they are nested, references included."""

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
            return {kind.__name__: [self.encode(item) for item in value]}
        if kind is dict:
            return {"dict": [[self.encode(key), self.encode(item)] for key, item in value.items()]}
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
        if kind is np.ma.MaskedArray:
            parts = (value.data, np.ma.getmaskarray(value), value.fill_value)
            return {"masked": self.encode(parts)}
        if (standard := standard_types.parts_of(value)) is not None:
            tag, parts = standard
            return {tag: self.encode(parts)}
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

    def decode(self, encoded: Any) -> Any:
        """The value that ``encoded`` stands for; raises ``Malformed`` if it stands for none."""
        try:
            self._enter()
            return self._decoded(encoded)
        finally:
            self._depth -= 1

    def _decoded(self, encoded: Any) -> Any:
        if encoded is None or type(encoded) in (bool, str):
            return encoded
        if type(encoded) is not dict or not encoded:
            raise Malformed(f"{type(encoded).__name__} is no value")
        tag = next(iter(encoded))
        try:
            return self._tagged(tag, encoded)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
            raise Malformed(f"{tag}: {error}") from error

    def _tagged(self, tag: str, encoded: dict[str, Any]) -> Any:
        content = encoded[tag]
        match tag:
            case "int":
                return _integer(content)
            case "float":
                return float(content)
            case "bytes":
                return self._data(content, encoded["size"])
            case "list" | "tuple":
                return {"list": list, "tuple": tuple}[tag](map(self.decode, _a_list(content)))
            case "set" | "frozenset":
                make = {"set": set, "frozenset": frozenset}[tag]
                return make(map(self.decode, self._hashed(content)))
            case "dict":
                pairs = map(_a_list, self._hashed(content))
                return {self.decode(key): self.decode(item) for key, item in pairs}
            case "array":
                return self._array(content, encoded)
            case "scalar":
                return self._array(content, encoded)[()]
            case "masked":
                return self._masked(self.decode(content))
            case _ if tag in standard_types.TYPES:
                return standard_types.make(tag, self.decode(content))
            case _:
                return self._resolve(tag, encoded, self)

    def _array(self, places: Any, encoded: dict[str, Any]) -> Any:
        if type(encoded["dtype"]) is not str or not _DTYPE.fullmatch(encoded["dtype"]):
            raise Malformed(f"an array of dtype {encoded['dtype']!r:.100}")
        dtype = np.dtype(encoded["dtype"])
        shape = tuple(_a_list(encoded["shape"]))
        if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
            raise Malformed(f"an array of shape {shape!r:.100}")
        # In Python's own integers: numpy's would overflow for shapes of terabytes.
        size = math.prod(shape) * dtype.itemsize
        data = self._data(places, size)
        if not size:
            return np.empty(shape, dtype)
        if dtype.kind == "U" and np.frombuffer(data, dtype.byteorder + "u4").max() > _MOST_CODE:
            raise Malformed("an array of text holds what is no character")
        values = np.frombuffer(data, dtype).reshape(shape)
        # A bool is a byte, and one that is neither 0 nor 1 is neither True nor False to numpy.
        return values.view(np.uint8).astype(bool) if dtype.kind == "b" else values.copy()

    def _masked(self, parts: Any) -> Any:
        values, mask, fill = parts
        if type(values) is not np.ndarray or type(mask) is not np.ndarray or mask.dtype != bool:
            raise Malformed("a masked array is an array, a mask and a number")
        if values.shape != mask.shape:
            raise Malformed(f"a mask of shape {mask.shape} for values of shape {values.shape}")
        return np.ma.MaskedArray(values, mask=mask, fill_value=fill)

    def _data(self, places: Any, size: Any) -> bytes:
        parts = [memoryview(self._buffers[_index(place)]) for place in _a_list(places)]
        came = sum(part.nbytes for part in parts)
        if came != size:
            raise Malformed(f"{came} bytes came where {size!r:.40} were announced")
        self._bytes += came  # a buffer may be named many times over
        if self._bytes > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES} bytes in one answer")
        return b"".join(parts)

    def _hashed(self, encoded: Any) -> list[Any]:
        """What is to become a dict or a set, if it has not too many keys."""
        self._keys += len(_a_list(encoded))
        if self._keys > MAX_KEYS:
            raise Malformed(f"dicts and sets of more than {MAX_KEYS} keys")
        return _a_list(encoded)


def _digits(value: int) -> Any:
    """Small integers as they are, large ones in hexadecimal; JSON's readers know 53 bits."""
    if value.bit_length() > 4 * MAX_DIGITS:
        raise Malformed(f"an integer of {value.bit_length()} bits")
    return value if value.bit_length() < 53 else hex(value)


def _integer(encoded: Any) -> int:
    if type(encoded) is int:
        return encoded
    if type(encoded) is str and len(encoded) <= MAX_DIGITS + 3:
        return int(encoded, 16)
    raise Malformed("an integer of too many digits, or none")


def _index(place: Any) -> int:
    if type(place) is not int or place < 0:
        raise Malformed("a buffer's place is a number from 0")
    return place


def _a_list(encoded: Any) -> list[Any]:
    if type(encoded) is not list:
        raise Malformed("a list was announced")
    return encoded
