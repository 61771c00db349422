"""Decodes the values that the examiner and a student's kernel send; see ``encoder``.

Both sides import this module. Nothing that arrives is trusted: every size is checked against the
bytes that came with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..protocol import MAX_BYTES, MAX_DIGITS
from . import array_bytes, array_views, known_types, long_lists
from .changeable import is_changeable
from .counted import Counted, Malformed
from .shared import Shared

_SEQUENCES: dict[str, type] = {"list": list, "tuple": tuple}


class Decoder(Counted):
    """Turns JSON and buffers back into values of exactly built-in and numpy types.

    Args:
        buffers: what came beside the JSON.
        resolve: called with the tag and the whole of each reference that is no plain data, and the
            decoder to use for parts of it.
        shared: the values that both sides have by now; none, where it is left out.

    Attributes:
        texts: all texts and bytes that were decoded.
    """

    def __init__(
        self,
        buffers: Sequence[Any],
        resolve: Callable[[str, dict[str, Any], Decoder], Any],
        shared: Shared | None = None,
    ) -> None:
        super().__init__()
        self.shared = Shared(0) if shared is None else shared
        self.texts: list[str | bytes] = []
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

    def keep(self, message: Mapping[str, Any]) -> None:
        """Forget the values that the other side does not hold; both sides have the same now."""
        try:
            self.shared.keep(message.get("kept", []), message.get("dropped", []))
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
        if encoded is None or type(encoded) is bool:
            return encoded
        if type(encoded) is str:
            self.texts.append(encoded)
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
                self.texts.append(self._data(content, encoded["size"]))
                return self.texts[-1]
            case "text":
                data = self._data(content, encoded["size"])
                self.texts.append(data.decode("utf-8", "surrogatepass"))
                return self.texts[-1]
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
            case "array" | "scalar":
                array = self._array(content, encoded)
                return array if tag == "array" else array[()]
            case "part":
                return self._view(content, encoded)
            case _ if tag in known_types.TYPES:
                return known_types.make(tag, self.decode(content))
            case _:
                return self._resolve(tag, encoded, self)

    def _packed(self, kind: type, encoded: dict[str, Any]) -> Any:
        parts = zip(_a_list(encoded["parts"]), _a_list(encoded["sizes"]), strict=True)
        items = long_lists.unpacked(encoded["of"], [self._data(*part) for part in parts])
        if encoded["of"] == "str":
            self.texts += items
        return items if kind is list else kind(items)

    def _array(self, places: Any, encoded: dict[str, Any]) -> Any:
        dtype = array_bytes.read(encoded["dtype"])
        shape = array_bytes.shape_in_memory(_a_list(encoded["shape"]))
        received = self._received(places, array_bytes.size_of(shape, dtype))
        by_columns = encoded.get("order") == "F"
        array = array_bytes.filled(shape, dtype, received, by_columns=by_columns)
        array.flags.writeable = encoded.get("readonly") is not True
        return array

    def _view(self, whole: Any, encoded: dict[str, Any]) -> Any:
        array, shape = self.decode(whole), array_bytes.shape_in_memory(_a_list(encoded["shape"]))
        if type(array) is np.ndarray:
            self._count_bytes(array_bytes.size_of(shape, array.dtype))
        view = array_views.made(array, encoded["offset"], shape, _a_list(encoded["strides"]))
        if encoded.get("readonly") is True:
            view.flags.writeable = False
        return view

    def _data(self, places: Any, size: Any) -> bytes:
        return b"".join(self._received(places, size))

    def _received(self, places: Any, size: Any) -> list[memoryview]:
        """The buffers at some places, if they have so many bytes."""
        parts = [memoryview(self._buffers[_index(place)]).cast("B") for place in _a_list(places)]
        came = sum(part.nbytes for part in parts)
        if came != size:
            raise Malformed(f"{came} bytes came where {size!r:.40} were announced")
        self._count_bytes(came)  # a buffer may be named many times over
        return parts

    def _count_bytes(self, count: int) -> None:
        self._bytes += count
        if self._bytes > MAX_BYTES:
            raise Malformed(f"more than {MAX_BYTES} bytes in one value")

    def _key(self, encoded: Any) -> Any:
        """A key of a dict or a member of a set, if there are not too many."""
        key = self.decode(encoded)
        self.count_key(key)
        return key


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
