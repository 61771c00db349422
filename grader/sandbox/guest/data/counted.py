"""Counts what a value is made of, on both sides: what exceeds a limit does not travel."""

from __future__ import annotations

import sys
from typing import Any

from ..protocol import MAX_DEPTH, MAX_INT_KEYS, MAX_KEYS, MAX_NODES
from .shared import Shared

_TOO_MANY = (
    f"a value with too many parts, or nested too deep: at most {MAX_NODES} parts and {MAX_DEPTH} "
    "levels can be sent"
)

_SALTED = (str, bytes) if sys.flags.hash_randomization else ()


class Malformed(Exception):  # noqa: N818 -- named for what arrived
    """What arrived is no value, or exceeds a limit."""


class Unsendable(Malformed):
    """A value exceeds a limit, and was not sent."""


class Counted:
    """Counts the parts of a value, its keys, and how deep it is nested, references included."""

    refusal: type[Malformed] = Malformed

    def __init__(self) -> None:
        self._nodes = self._depth = self._keys = self._int_keys = self._named = 0

    @property
    def parts(self) -> int:
        """How many there are, those left out that the other side had already."""
        return self._nodes - self._named

    def enter(self) -> None:
        """Count a value, and be in it."""
        self._nodes += 1
        self._depth += 1
        if self._nodes > MAX_NODES or self._depth > MAX_DEPTH:
            raise self.refusal(_TOO_MANY)

    def count_again(self, shared: Shared, number: Any) -> None:
        """Count the parts of a value that is named once more."""
        try:
            size = shared.size(number)
        except ValueError as error:
            raise self.refusal(str(error)) from error
        self._nodes += size
        self._named += size
        if self._nodes > MAX_NODES:
            raise self.refusal(_TOO_MANY)

    def leave(self) -> None:
        """Be in the value around this one again."""
        self._depth -= 1

    def count_key(self, key: Any) -> None:
        """Count a key of a dict or a member of a set, if its hash can be chosen."""
        if type(key) in _SALTED:
            return
        if type(key) is int and abs(key) < 1 << 32:
            self._int_keys += 1
        else:
            self._keys += 1
        if self._keys > MAX_KEYS or self._int_keys > MAX_INT_KEYS:
            raise self.refusal(
                f"dicts and sets of more than {MAX_KEYS} keys that are no text, or "
                f"{MAX_INT_KEYS} small whole numbers: use texts as keys, or lists or arrays"
            )
