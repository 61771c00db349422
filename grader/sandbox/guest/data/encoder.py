"""Encodes the values that the examiner and a student's kernel send: JSON and buffers.

Both sides import this module. Nothing is ever pickled. A value is ``None``, a bool, a str, or
``{tag: content}``; the tags are those that ``Encoder`` writes and ``decoder.Decoder`` reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..protocol import CHUNK, MAX_BYTES, MAX_DIGITS, MAX_TEXT, MAX_TEXTS
from . import array_bytes, array_views, known_types, long_lists
from .changeable import is_changeable
from .counted import Counted, Unsendable
from .shared import Shared


class Encoder(Counted):
    """Turns values into JSON and collects the buffers that belong to them.

    Raises ``Unsendable`` where a value exceeds a limit.

    Args:
        refer: called with each value that is no plain data, and the encoder to use for parts of
            it; returns its ``{tag: content}``.
        shared: the values that both sides have by now; none, where it is left out.
        numbered: whether all values that can change get a number, or those alone that stand at two
            places or are named to ``number``.
        path: gives a text as the other side has it, if it is a path of a file that both sides have.

    Attributes:
        buffers: bytes beside the JSON.
        described: numbers of classes, each of which is described once.
        sends: arguments of the message, which may be views of each other.
    """

    refusal = Unsendable

    def __init__(
        self,
        refer: Callable[[Any, Encoder], dict[str, Any]],
        shared: Shared | None = None,
        *,
        numbered: bool = False,
        path: Callable[[str], str] = str,
    ) -> None:
        super().__init__()
        self.shared, self._tells_views = shared or Shared(1), shared is not None
        self._numbered = numbered
        self._unnumbered: dict[int, dict[str, Any]] = {}  # by the number that a value may get
        self.buffers: list[Any] = []
        self.described: set[int] = set()
        self.sends: Sequence[Any] = ()
        self._refer, self._path = refer, path
        self._bytes = self._texts = self._keys = 0
        self._tells_flags = True  # whether an array is told to be read-only

    def encode(self, value: Any) -> Any:
        """The value as JSON; types are compared exactly, so that a subclass is never plain data."""
        if (number := self.shared.number_of(value)) is not None:
            self.count_again(self.shared, number)
            self.shared.hand_in(number)
            self.number([number])
            return {"same": number}
        whole = self._whole(value)
        encoded = self.content(value)
        if type(encoded) is dict and "handle" not in encoded and is_changeable(value):
            number = self.shared.add(value)
            self.shared.note_part(number, whole)
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
            whole = self._whole(value)
            return self._array("array", value) if whole is None else self._view(value, whole)
        if (
            issubclass(kind, np.generic)  # isinstance would ask a handle for its class
            and kind.__module__ == "numpy"
            and array_bytes.is_plain(value.dtype)
        ):
            return self._array("scalar", np.asarray(value))
        if (known := known_types.parts_of(value)) is not None:
            return self._of_parts(*known)
        return self._refer(value, self)

    def _of_parts(self, tag: str, parts: Any) -> dict[str, Any]:
        """A value of a library's type; what its own arrays allow is the library's business."""
        outer, self._tells_flags = self._tells_flags, not known_types.owns_arrays(tag)
        try:
            return {tag: self.encode(parts)}
        finally:
            self._tells_flags = outer

    @property
    def is_in_key(self) -> bool:
        """Whether what is encoded now is a key of a dict or a member of a set, or a part of one."""
        return self._keys > 0

    def _key(self, key: Any) -> Any:
        self.count_key(key)
        self._keys += 1
        try:
            return self.encode(key)
        finally:
            self._keys -= 1

    def _text(self, text: str) -> Any:
        """A text as JSON, or as bytes where it is long."""
        text = self._path(text)
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

    def _whole(self, value: Any) -> Any:
        if not self._tells_views or not self._tells_flags or not array_views.is_view(value):
            return None
        return self.shared.whole_of(value, self.sends)

    def _view(self, value: Any, whole: Any) -> dict[str, Any]:
        self._bytes += value.nbytes  # it may stand at one place many times
        if self._bytes > MAX_BYTES:
            raise Unsendable(f"more than {MAX_BYTES} bytes in one value")
        told = {
            "part": self.encode(whole),
            "offset": array_views.place(value, whole),
            "shape": list(value.shape),
            "strides": list(value.strides),
        }
        return told if value.flags.writeable else told | {"readonly": True}

    def _array(self, tag: str, value: Any) -> dict[str, Any]:
        if value.nbytes > MAX_BYTES:  # before it is made contiguous: a view can claim terabytes
            raise Unsendable(f"an array of {value.nbytes} bytes; at most {MAX_BYTES} can be sent")
        told: dict[str, Any]
        told = {"dtype": array_bytes.written(value.dtype), "shape": list(value.shape)}
        if array_bytes.in_columns(value):
            told["order"] = "F"
        if tag == "array" and self._tells_flags and not value.flags.writeable:
            told["readonly"] = True
        return {tag: self._add(array_bytes.parts(value)), **told}

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
