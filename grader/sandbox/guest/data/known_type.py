"""A type whose values travel as copies of that type: taken apart, and rebuilt of their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Stays(Exception):  # noqa: N818 -- named for what the value does
    """A value of a known type that cannot be copied exactly; it stays where it is, as a handle."""


@dataclass(frozen=True)
class KnownType:
    """One type.

    Attributes:
        module: where it is; it is imported when a value arrives, and not before.
        name: in the module.
        parts: takes a value apart into values that travel; raises ``Stays`` where it cannot.
        make: rebuilds it of these; raises where they are none that ``parts`` gives.
        tag: of its values; its name, where it is left out.
        called: what the class calls itself; its name, where it is left out.
    """

    module: str
    name: str
    parts: Callable[[Any], Any]
    make: Callable[[Any], Any]
    tag: str = ""
    called: str = ""


def exactly(parts: Any, *kinds: type) -> Any:
    """A tuple of values of exactly these types, in this order."""
    if type(parts) is not tuple or tuple(map(type, parts)) != kinds:
        raise TypeError(f"parts of the types {', '.join(kind.__name__ for kind in kinds)} are due")
    return parts


def a(kind: type, parts: Any) -> Any:
    """One value of exactly a type."""
    if type(parts) is not kind:
        raise TypeError(f"a part of the type {kind.__name__} is due")
    return parts


def several(parts: Any, count: int) -> Any:
    """A tuple of so many values."""
    if type(parts) is not tuple or len(parts) != count:
        raise TypeError(f"{count} parts are due")
    return parts
