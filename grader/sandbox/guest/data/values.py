"""Encodes and decodes the values that the examiner and a student's kernel send: JSON and buffers.

Both sides import this module. Nothing is ever pickled, and nothing that arrives is trusted: every
size is checked against the bytes that came with it.

A value is ``None``, a bool, a str, or ``{tag: content}``; see ``Encoder`` for the tags.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..protocol import CHUNK, MAX_BYTES, MAX_DIGITS, MAX_TEXT, MAX_TEXTS
from . import array_bytes, known_types, long_lists
from .changeable import is_changeable
from .counted import Counted, Malformed, Unsendable
from .shared import Shared

__all__ = ["Decoder", "Encoder", "Malformed", "Unsendable"]


class Encoder(Counted):
    """Turns values into JSON and collects the buffers that belong to them.

    Raises ``Unsendable`` where a value exceeds a limit.

    Args:
        refer: called with each value that is no plain data, and the encoder to use for parts of
            it; returns its ``{tag: content}``.
        shared: the values that both sides have by now; none, where it is left out.
        numbered: whether all values that can change get a number, or those alone that stand at two
            places or are named to ``number``.
    """

    refusal = Unsendable

    def __init__(
        self,
        refer: Callable[[Any, Encoder], dict[str, Any]],
        shared: Shared | None = None,
        *,
        numbered: bool = False,
    ) -> None:
        super().__init__()
        self.shared = Shared(1) if shared is None else shared
        self._numbered = numbered
        self._unnumbered: dict[int, dict[str, Any]] = {}  # by the number that a value may get
        self.buffers: list[Any] = []
        self.described: set[int] = set()  # classes, each of which is described once
        self._refer = refer
        self._bytes = self._texts = 0

    def encode(self, value: Any) -> Any:
        """The value as JSON; types are compared exactly, so that a subclass is never plain data."""
        if (number := self.shared.number_of(value)) is not None:
            self.count_again(self.shared, number)
            self.shared.hand_in(number)
            self.number([number])
            return {"same": number}
        encoded = self.content(value)
        if is_changeable(value) and type(encoded) is dict and "handle" not in encoded:
            number = self.shared.add(value)
            self._unnumbered[number] = encoded
            if self._numbered:
                self.number([number])
        return encoded

    def number(self, numbers: Sequence[int]) -> None:
        """Tell the other side the numbers of values, where it does not know them yet."""
        for number in numbers:
            if (encoded := self._unnumbered.pop(number, None)) is not None:
                encoded["as"] = number

    def content(self, value: Any) -> Any:
        """The value as JSON, even where the other side has it: what it holds now."""
        try:
            self.enter()
            return self._encoded(value)
        finally:
            self.leave()

    def _encoded(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self._text(value)
        if kind is int:
            return {"int": _digits(value)}
        if kind is float:
            return {"float": value if math.isfinite(value) else repr(value)}
        if kind is bytes:
            return {"bytes": self._add(_cut(value)), "size": len(value)}
        if kind in (list, tuple):
            return self._items(kind.__name__, value)
        if kind in (set, frozenset):
            return {kind.__name__: [self._key(item) for item in value]}
        if kind is dict:
            return {"dict": [[self._key(key), self.encode(item)] for key, item in value.items()]}
        if kind is np.str_:
            return self._text(str(value))
        if kind is np.ndarray and array_bytes.is_plain(value.dtype):
            return self._array("array", value)
        if (
            isinstance(value, np.generic)
            and kind.__module__ == "numpy"
            and array_bytes.is_plain(value.dtype)
        ):
            return self._array("scalar", np.asarray(value))
        if (known := known_types.parts_of(value)) is not None:
            tag, parts = known
            return {tag: self.encode(parts)}
        return self._refer(value, self)

    def _key(self, key: Any) -> Any:
        self.count_key(key)
        return self.encode(key)

    def _text(self, text: str) -> Any:
        """A text as JSON, or as bytes where it is long."""
        if len(text) > MAX_TEXT:
            data = text.encode("utf-8", "surrogatepass")
            return {"text": self._add(_cut(data)), "size": len(data)}
        self._texts += len(text)
        if self._texts > MAX_TEXTS:
            raise Unsendable(f"more than {MAX_TEXTS} characters of text in one value")
        return text

    def _items(self, kind: str, items: Sequence[Any]) -> dict[str, Any]:
        """A list or a tuple, packed where it is long and all of one type."""
        try:
            packed = long_lists.packed(items)
        except ValueError as error:
            raise Unsendable(str(error)) from None
        if packed is None:
            return {kind: [self.encode(item) for item in items]}
        of, parts = packed
        places = [self._add(_cut(part)) for part in parts]
        return {"packed": kind, "of": of, "parts": places, "sizes": list(map(len, parts))}

    def _array(self, tag: str, value: Any) -> dict[str, Any]:
        if value.nbytes > MAX_BYTES:  # before it is made contiguous: a view can claim terabytes
            raise Unsendable(f"an array of {value.nbytes} bytes; at most {MAX_BYTES} can be sent")
        told = {"dtype": array_bytes.written(value.dtype), "shape": list(value.shape)}
        order = {"order": "F"} if array_bytes.in_columns(value) else {}
        return {tag: self._add(array_bytes.parts(value)), **told, **order}

    def _add(self, parts: Sequence[Any]) -> list[int]:
        """Append the parts of some bytes; returns their places among the buffers."""
        self._bytes += sum(map(len, parts))
        if self._bytes > MAX_BYTES:
            raise Unsendable(
                f"a value of {self._bytes} bytes or more; at most {MAX_BYTES} bytes in one value "
                "can be sent"
            )
        first = len(self.buffers)
        self.buffers += parts
        return list(range(first, len(self.buffers)))


class Decoder(Counted):
    """Turns JSON and buffers back into values of exactly built-in and numpy types.

    Args:
        buffers: what came beside the JSON.
        resolve: called with the tag and the whole of each reference that is no plain data, and the
            decoder to use for parts of it.
        shared: the values that both sides have by now; none, where it is left out.
    """

    def __init__(
        self,
        buffers: Sequence[Any],
        resolve: Callable[[str, dict[str, Any], Decoder], Any],
        shared: Shared | None = None,
    ) -> None:
        super().__init__()
        self.shared = Shared(0) if shared is None else shared
        self._buffers = buffers
        self._resolve = resolve
        self._bytes = 0

    @property
    def size(self) -> int:
        """How many bytes of buffers were read."""
        return self._bytes

    def decode(self, encoded: Any) -> Any:
        """The value that ``encoded`` stands for; raises ``Malformed`` if it stands for none."""
        if type(encoded) is dict and "same" in encoded:
            return self._same(encoded["same"])
        value = self.content(encoded)
        if type(encoded) is dict and "as" in encoded:
            self._take(encoded["as"], value)
        return value

    def content(self, encoded: Any) -> Any:
        """The value, which gets no number."""
        try:
            self.enter()
            return self._decoded(encoded)
        finally:
            self.leave()

    def update(self, changed: Any) -> None:
        """Change values that both sides have as the other side has changed its own."""
        if type(changed) is not dict:
            raise Malformed("an object of changed values was announced")
        try:
            self.shared.update(changed, self.content)
        except (ValueError, TypeError) as error:
            raise Malformed(str(error)) from error

    def keep(self, numbers: Any) -> None:
        """Forget the values that the other side does not hold; both sides have the same now."""
        try:
            self.shared.keep(numbers)
        except ValueError as error:
            raise Malformed(str(error)) from error
        self.shared.mark()

    def _take(self, number: Any, value: Any) -> None:
        if not is_changeable(value):
            raise Malformed(f"a {type(value).__name__} has a number")
        try:
            self.shared.take(number, value)
        except ValueError as error:
            raise Malformed(str(error)) from error

    def _same(self, number: Any) -> Any:
        """A value that came before, or was sent; its parts count once more."""
        self.count_again(self.shared, number)
        return self.shared.value(number)

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
            case "text":
                return self._data(content, encoded["size"]).decode("utf-8", "surrogatepass")
            case "list" | "tuple":
                return _SEQUENCES[tag](map(self.decode, _a_list(content)))
            case "packed":
                return self._packed(_SEQUENCES[content], encoded)
            case "set" | "frozenset":
                make = {"set": set, "frozenset": frozenset}[tag]
                return make(map(self._key, _a_list(content)))
            case "dict":
                pairs = map(_a_list, _a_list(content))
                return {self._key(key): self.decode(item) for key, item in pairs}
            case "array":
                return self._array(content, encoded)
            case "scalar":
                return self._array(content, encoded)[()]
            case _ if tag in known_types.TYPES:
                return known_types.make(tag, self.decode(content))
            case _:
                return self._resolve(tag, encoded, self)

    def _packed(self, kind: type, encoded: dict[str, Any]) -> Any:
        parts = zip(_a_list(encoded["parts"]), _a_list(encoded["sizes"]), strict=True)
        items = long_lists.unpacked(encoded["of"], [self._data(*part) for part in parts])
        return items if kind is list else kind(items)

    def _array(self, places: Any, encoded: dict[str, Any]) -> Any:
        dtype = array_bytes.read(encoded["dtype"])
        shape = array_bytes.shape_in_memory(_a_list(encoded["shape"]))
        received = self._received(places, array_bytes.size_of(shape, dtype))
        by_columns = encoded.get("order") == "F"
        return array_bytes.filled(shape, dtype, received, by_columns=by_columns)

    def _data(self, places: Any, size: Any) -> bytes:
        return b"".join(self._received(places, size))

    def _received(self, places: Any, size: Any) -> list[memoryview]:
        """The buffers at some places, if they have so many bytes."""
        parts = [memoryview(self._buffers[_index(place)]).cast("B") for place in _a_list(places)]
        came = sum(part.nbytes for part in parts)
        if came != size:
            raise Malformed(f"{came} bytes came where {size!r:.40} were announced")
        self._bytes += came  # a buffer may be named many times over
        if self._bytes > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES} bytes in one value")
        return parts

    def _key(self, encoded: Any) -> Any:
        """A key of a dict or a member of a set, if there are not too many."""
        key = self.decode(encoded)
        self.count_key(key)
        return key


_SEQUENCES: dict[str, type] = {"list": list, "tuple": tuple}


def _cut(data: bytes) -> list[bytes]:
    """Bytes in parts that a client accepts."""
    return [data[begin : begin + CHUNK] for begin in range(0, len(data), CHUNK)]


def _digits(value: int) -> Any:
    """Small integers as they are, large ones in hexadecimal; JSON's readers know 53 bits."""
    if value.bit_length() > 4 * MAX_DIGITS:
        raise Unsendable(
            f"an integer of {value.bit_length()} bits; at most {4 * MAX_DIGITS} can be sent"
        )
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
