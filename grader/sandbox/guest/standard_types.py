"""Types of the standard library that travel as what they are, not as handles.

A value is taken apart into plain data, and made anew of it on the other side. Only values of
exactly these types travel so: an instance of a subclass is the student's, with methods of theirs,
and stays a handle.
"""

from __future__ import annotations

import collections
import datetime
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .protocol import MAX_DIGITS, MAX_NODES

_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?(?:E[+-]?[0-9]{1,4})?|Infinity|s?NaN[0-9]*)")
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, tuple, dict, set)}


@dataclass(frozen=True)
class StandardType:
    """One type.

    Attributes:
        module: where it is; it is imported when a value arrives, and not before.
        name: in the module; the value's tag.
        parts: takes a value apart into values that travel.
        make: makes it anew of these; raises ``ValueError``, ``TypeError`` or ``OverflowError``
            where they are none that ``parts`` gives.
    """

    module: str
    name: str
    parts: Callable[[Any], Any]
    make: Callable[[Any], Any]


def parts_of(value: Any) -> tuple[str, Any] | None:
    """A value's tag and its parts; None where it is of another type, or of a subclass.

    A range of more than ``MAX_NODES`` numbers, and a time in a zone of a class of the student's,
    stay where they are.
    """
    kind = type(value)
    known = TYPES.get(getattr(kind, "__name__", ""))
    if known is None or getattr(sys.modules.get(known.module), known.name, None) is not kind:
        return None
    if kind is range and not _is_short(value):
        return None
    if kind in (datetime.datetime, datetime.time) and not _is_known_zone(value.tzinfo):
        return None
    return known.name, known.parts(value)


def make(tag: str, parts: Any) -> Any:
    """The value of a tag of ``TYPES`` and of the parts that arrived."""
    return TYPES[tag].make(parts)


def _is_known_zone(zone: Any) -> bool:
    return zone is None or parts_of(zone) is not None


def _is_short(numbers: range) -> bool:
    try:
        return len(numbers) <= MAX_NODES
    except OverflowError:
        return False


def _exactly(parts: Any, *kinds: type) -> Any:
    """A tuple of values of these types, in this order."""
    if type(parts) is not tuple or tuple(map(type, parts)) != kinds:
        raise TypeError(f"parts of the types {', '.join(kind.__name__ for kind in kinds)} are due")
    return parts


def _a(kind: type, parts: Any) -> Any:
    """One value of a type."""
    if type(parts) is not kind:
        raise TypeError(f"a part of the type {kind.__name__} is due")
    return parts


def _range(parts: Any) -> range:
    made = range(*_exactly(parts, int, int, int))
    if not _is_short(made):
        raise ValueError(f"a range of more than {MAX_NODES} numbers")
    return made


def _slice(parts: Any) -> slice:
    if type(parts) is not tuple or len(parts) != 3:
        raise TypeError("three parts are due")
    return slice(*parts)


def _deque(parts: Any) -> collections.deque[Any]:
    items, most = parts
    if most is not None and (type(most) is not int or most < 0):
        raise ValueError("the length of a deque is a number from 0")
    return collections.deque(_a(list, items), most)


def _default_dict(parts: Any) -> collections.defaultdict[Any, Any]:
    items, factory = parts
    if type(factory) is str:
        factory = _FACTORIES[factory]
    return collections.defaultdict(factory, _a(dict, items))


def _factory(factory: Any) -> Any:
    """A built-in type by its name, and anything else as it is."""
    for name, kind in _FACTORIES.items():
        if factory is kind:
            return name
    return factory


def _zone(zone: Any) -> datetime.tzinfo | None:
    if not _is_known_zone(zone):
        raise TypeError(f"{type(zone).__name__} is no time zone")
    known: datetime.tzinfo | None = zone
    return known


def _clock(value: Any) -> tuple[Any, ...]:
    """The parts of a ``time``, or those of a ``datetime`` after its day."""
    return (value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo)


def _datetime(parts: Any) -> datetime.datetime:
    *numbers, fold, zone = parts
    _exactly(tuple(numbers), *[int] * 7)
    return datetime.datetime(*numbers).replace(fold=_a(int, fold), tzinfo=_zone(zone))


def _time(parts: Any) -> datetime.time:
    *numbers, fold, zone = parts
    _exactly(tuple(numbers), *[int] * 4)
    return datetime.time(*numbers).replace(fold=_a(int, fold), tzinfo=_zone(zone))


def _zone_info(parts: Any) -> Any:
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(_a(str, parts))
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no time zone is called {parts:.100}") from error


def _decimal(parts: Any) -> Any:
    import decimal

    # The exponent is bounded: as an int, 1E999999999 would fill the memory.
    if len(_a(str, parts)) > MAX_DIGITS or not _DECIMAL.fullmatch(parts):
        raise ValueError(f"a Decimal of {parts:.100}")
    return decimal.Decimal(parts)


def _fraction(parts: Any) -> Any:
    import fractions

    if (ends := _exactly(parts, int, int))[1] <= 0:
        raise ValueError("the denominator of a Fraction is above 0")
    return fractions.Fraction(*ends)


def _uuid(parts: Any) -> Any:
    import uuid

    return uuid.UUID(int=_a(int, parts))


TYPES = {each.name: each for each in (
    StandardType("builtins", "complex", lambda v: (v.real, v.imag),
                 lambda parts: complex(*_exactly(parts, float, float))),
    StandardType("builtins", "bytearray", bytes, lambda parts: bytearray(_a(bytes, parts))),
    StandardType("builtins", "range", lambda v: (v.start, v.stop, v.step), _range),
    StandardType("builtins", "slice", lambda v: (v.start, v.stop, v.step), _slice),
    StandardType("collections", "Counter", dict,
                 lambda parts: collections.Counter(_a(dict, parts))),
    StandardType("collections", "OrderedDict", dict,
                 lambda parts: collections.OrderedDict(_a(dict, parts))),
    StandardType("collections", "deque", lambda v: (list(v), v.maxlen), _deque),
    StandardType("collections", "defaultdict",
                 lambda v: (dict(v), _factory(v.default_factory)), _default_dict),
    StandardType("datetime", "date", lambda v: (v.year, v.month, v.day),
                 lambda parts: datetime.date(*_exactly(parts, int, int, int))),
    StandardType("datetime", "time", _clock, _time),
    StandardType("datetime", "datetime", lambda v: (v.year, v.month, v.day, *_clock(v)), _datetime),
    StandardType("datetime", "timedelta", lambda v: (v.days, v.seconds, v.microseconds),
                 lambda parts: datetime.timedelta(*_exactly(parts, int, int, int))),
    StandardType("datetime", "timezone", lambda v: v.__getinitargs__(),  # offset, perhaps a name
                 lambda parts: datetime.timezone(*_a(tuple, parts))),
    StandardType("zoneinfo", "ZoneInfo", lambda v: v.key, _zone_info),
    StandardType("decimal", "Decimal", str, _decimal),
    StandardType("fractions", "Fraction", lambda v: (v.numerator, v.denominator), _fraction),
    StandardType("uuid", "UUID", lambda v: v.int, _uuid),
)}  # fmt: skip
