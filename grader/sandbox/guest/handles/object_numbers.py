"""What is kept in a student's kernel for the questions of one test cell: objects, by numbers."""

from __future__ import annotations

import types
from typing import Any

from ..data.counted import Malformed
from ..protocol import MAX_KEPT


class ObjectNumbers:
    """Gives each object a number: the same object has the same one for as long as it is kept."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[object, int] = {}  # by identity; what is kept keeps its id

    def number(self, value: Any) -> int:
        """The number of a value, which is kept from now on."""
        key: object = id(value)
        if type(value) is types.MethodType:  # Python makes a new one each time it is asked for
            key = (id(value.__self__), id(value.__func__))
        known = self._numbers.get(key)
        if known is not None:
            return known
        if len(self._objects) >= MAX_KEPT:
            raise Malformed(f"more than {MAX_KEPT} objects of your own for one test")
        self._objects.append(value)
        self._numbers[key] = len(self._objects) - 1
        return len(self._objects) - 1

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def clear(self) -> None:
        """Keep nothing any longer; numbers begin at the first again."""
        self._objects.clear()
        self._numbers.clear()
