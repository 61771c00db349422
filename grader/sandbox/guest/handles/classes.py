"""Describes classes of a student's, so that the examiner can make classes that stand for them.

Named tuples and enumerations are data: their values are copied there. All other objects stay here.
"""

from __future__ import annotations

import builtins
import collections
import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from typing import Any

from ..data.encoder import Encoder
from ..fit.class_numbers import ClassNumbers
from ..protocol import MAX_KEYS, MAX_NAME
from .abilities import able
from .object_numbers import ObjectNumbers

_ENUMERATIONS = (enum.IntFlag, enum.Flag, enum.StrEnum, enum.IntEnum, enum.Enum)
_MIXED = (str, int, float, bytes)
_PLAIN = frozenset((int, str, float, bool, bytes, complex, type(None)))


class Classes:
    """Describes the classes of one kernel, each once in a message.

    Args:
        kept: where classes are kept.
        numbers: of classes, as callbacks have them.
        number_of_own: the number of a class that stands for one of the test's; None of others.
    """

    def __init__(
        self,
        kept: ObjectNumbers,
        numbers: ClassNumbers,
        number_of_own: Callable[[Any], int | None] = lambda _: None,
    ) -> None:
        self._kept, self._numbers, self._number_of_own = kept, numbers, number_of_own

    def reference(self, kind: type, encoder: Encoder) -> dict[str, Any]:
        """How a class is sent: with its description where a message names it first."""
        if getattr(builtins, kind.__name__, None) is kind:
            return {"builtin": kind.__name__}
        if (own := self._number_of_own(kind)) is not None:
            return {"own": own}
        number = self._kept.number(kind)
        if number in encoder.described:
            return {"class": number}
        encoder.described.add(number)
        return {
            "class": number,
            "name": str(kind.__name__)[:MAX_NAME],
            "module": str(kind.__module__)[:MAX_NAME],
            "number": self._numbers.number(kind),
            "able": able(kind),
            "bases": [self.reference(b, encoder) for b in kind.__bases__ if b is not object],
            **_protocol(kind),
            **_form(kind, encoder),
        }


def is_enumeration(kind: type) -> bool:
    """Whether a class is an enumeration of plain values, without special methods of its own."""
    if not issubclass(kind, enum.Enum) or not 0 < len(kind.__members__) <= MAX_KEYS:
        return False
    values = (member.value for member in kind.__members__.values())
    return all(map(_is_plain, values)) and not _own_special_methods(kind)


def is_named_tuple(kind: type) -> bool:
    """Whether a class is a named tuple, without special methods of its own."""
    fields = getattr(kind, "_fields", None)
    named = issubclass(kind, tuple) and type(fields) is tuple and set(map(type, fields)) <= {str}
    return named and kind is not tuple and not _own_special_methods(kind)


def _protocol(kind: Any) -> dict[str, Any]:
    """The attributes by which an object is an instance, if a class is a protocol that may ask."""
    if not getattr(kind, "_is_runtime_protocol", False) or typing.Protocol not in kind.__bases__:
        return {}
    known = getattr(kind, "__protocol_attrs__", None)  # Python 3.11 has none
    names = typing._get_protocol_attrs(kind) if known is None else known  # type: ignore[attr-defined]
    return {"protocol": sorted(names)}


def _form(kind: type, encoder: Encoder) -> dict[str, Any]:
    """What is to be known of a class of certain forms."""
    if issubclass(kind, BaseException):
        return {"form": "exception"}
    if is_enumeration(kind):
        return _enumeration(kind, encoder)
    if is_named_tuple(kind):
        return {"form": "named tuple", "fields": list(kind._fields)}  # type: ignore[attr-defined]
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        return {
            "form": "dataclass",
            "fields": [field.name for field in fields],
            "compared": [field.name for field in fields if field.compare],
            "ordered": kind.__dataclass_params__.order is True,  # type: ignore[attr-defined]
        }
    return {"form": "object"}


def _enumeration(kind: Any, encoder: Encoder) -> dict[str, Any]:
    base = next(each for each in _ENUMERATIONS if issubclass(kind, each))
    mixed = next((each for each in _MIXED if issubclass(kind, each)), None)
    members = [(name, member.value) for name, member in kind.__members__.items()]
    return {
        "form": "enumeration",
        "enumeration": base.__name__,
        "mixed": mixed.__name__ if mixed is not None and base is enum.Enum else "",
        "members": encoder.encode(members),
    }


def _is_plain(value: Any) -> bool:
    return type(value) in _PLAIN or (type(value) is tuple and all(map(_is_plain, value)))


def _own_special_methods(kind: type) -> bool:
    """Whether a class defines special methods that a copy of its values would not have."""
    ours = {f"__{name}__" for name in able(kind)}
    return any(
        isinstance(value, types.FunctionType) and name in ours and not _is_made(value)
        for base in kind.__mro__
        for name, value in vars(base).items()
    )


def _is_made(function: types.FunctionType) -> bool:
    """Whether ``namedtuple``, or the module of enumerations, made a function."""
    file = function.__code__.co_filename
    return function.__module__ == "enum" or file == collections.__file__
