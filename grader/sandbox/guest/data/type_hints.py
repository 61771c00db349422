"""Type hints with parameters, as annotations have them: ``list[float]``, ``int | None``."""

from __future__ import annotations

import functools
import operator
import types
import typing
from typing import Any

from .known_type import KnownType, Stays, a, several

_NONE = type(None)


def _arguments(hint: Any) -> tuple[Any, ...]:
    """The parameters of a hint, as far as all of them travel; ``None`` in place of its class."""
    arguments = tuple(None if each is _NONE else each for each in hint.__args__)
    if not all(map(_travels, arguments)):
        raise Stays
    return arguments


def _travels(argument: Any) -> bool:
    # No text: it would be a reference, which `typing.get_type_hints` runs.
    is_plain = argument is None or argument is ...
    return is_plain or isinstance(argument, type) or type(argument) in _CLASSES


def _of_class_parts(hint: Any) -> Any:
    if not isinstance(hint.__origin__, type):
        raise Stays
    return hint.__origin__, _arguments(hint)


def _of_class(parts: Any) -> Any:
    origin, arguments = several(parts, 2)
    if not isinstance(origin, type):
        raise TypeError("a class is due")
    return types.GenericAlias(origin, _checked(arguments))


def _union(parts: Any) -> Any:
    return functools.reduce(operator.or_, _checked(parts))


def _of_typing_parts(hint: Any) -> Any:
    name = hint._name or getattr(hint.__origin__, "_name", None)
    if type(name) is not str or name not in typing.__all__:
        raise Stays  # of a class of the student's
    return name, _arguments(hint)


def _of_typing(parts: Any) -> Any:
    name, arguments = several(parts, 2)
    if a(str, name) not in typing.__all__:
        raise ValueError(f"typing has no {name:.100}")
    checked = _checked(arguments)
    if name == "Callable":
        *taken, given = checked
        return typing.Callable[... if taken == [...] else taken, given]
    return getattr(typing, "Union" if name == "Optional" else name)[checked]


def _checked(arguments: Any) -> tuple[Any, ...]:
    if not all(map(_travels, a(tuple, arguments))):
        raise TypeError("parameters of a type hint are due")
    return tuple(_NONE if each is None else each for each in arguments)


_OF_TYPING = ("_GenericAlias", "_UnionGenericAlias", "_CallableGenericAlias")

TYPES = (
    KnownType("types", "GenericAlias", _of_class_parts, _of_class),
    KnownType("types", "UnionType", _arguments, _union),
    *(KnownType("typing", name, _of_typing_parts, _of_typing, tag="typing")
      for name in _OF_TYPING if hasattr(typing, name)),
)  # fmt: skip

_CLASSES = {getattr({"types": types, "typing": typing}[each.module], each.name) for each in TYPES}
