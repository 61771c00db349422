"""Types of the standard library that travel as what they are, not as handles.

A value is taken apart into plain data, and rebuilt on the other side. Only values of
exactly these types travel so: an instance of a subclass is the student's, with methods of theirs,
and stays a handle.
"""

from __future__ import annotations

import array
import builtins
import collections
import datetime
import pathlib
import re
import sys
import types
from typing import Any

from ..protocol import MAX_DIGITS, MAX_NODES
from .known_type import KnownType, Stays, a, exactly, several

_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?(?:E[+-]?[0-9]{1,4})?|Infinity|s?NaN[0-9]*)")
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, bool, list, tuple, dict, set)}
_CLASSES = (
    {kind.__name__: kind for kind in (bytes, bytearray, complex, frozenset, object, range, slice)}
    | _FACTORIES
    | {
        name: kind
        for name, kind in vars(builtins).items()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__name__ == name
    }
)
_ARRAYS = "bBhHiIlLqQfd"  # type codes of ``array.array``


def _is_known_zone(zone: Any) -> bool:
    """Whether a time zone is None, or of a type that travels."""
    kinds = [datetime.timezone, getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None)]
    return zone is None or type(zone) in kinds


def _is_short(numbers: range) -> bool:
    try:
        return len(numbers) <= MAX_NODES
    except OverflowError:
        return False


def _range_parts(numbers: range) -> Any:
    if not _is_short(numbers):
        raise Stays
    return numbers.start, numbers.stop, numbers.step


def _range(parts: Any) -> range:
    made = range(*exactly(parts, int, int, int))
    if not _is_short(made):
        raise ValueError(f"a range of more than {MAX_NODES} numbers")
    return made


def _slice(parts: Any) -> slice:
    return slice(*several(parts, 3))


def _deque(parts: Any) -> collections.deque[Any]:
    items, most = parts
    if most is not None and (type(most) is not int or most < 0):
        raise ValueError("the length of a deque is a number from 0")
    return collections.deque(a(list, items), most)


def _default_dict(parts: Any) -> collections.defaultdict[Any, Any]:
    items, factory = parts
    if type(factory) is str:
        factory = _FACTORIES[factory]
    return collections.defaultdict(factory, a(dict, items))


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
    if not _is_known_zone(value.tzinfo):
        raise Stays
    return (value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo)


def _datetime(parts: Any) -> datetime.datetime:
    *numbers, fold, zone = parts
    exactly(tuple(numbers), *[int] * 7)
    return datetime.datetime(*numbers).replace(fold=a(int, fold), tzinfo=_zone(zone))


def _time(parts: Any) -> datetime.time:
    *numbers, fold, zone = parts
    exactly(tuple(numbers), *[int] * 4)
    return datetime.time(*numbers).replace(fold=a(int, fold), tzinfo=_zone(zone))


def _zone_key(zone: Any) -> str:
    if type(zone.key) is not str:  # it was read from a file of the student's
        raise Stays
    return zone.key


def _zone_info(parts: Any) -> Any:
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(a(str, parts))
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no time zone is called {parts:.100}") from error


def _decimal(parts: Any) -> Any:
    import decimal

    # The exponent is bounded: as an int, 1E999999999 would fill the memory.
    if len(a(str, parts)) > MAX_DIGITS or not _DECIMAL.fullmatch(parts):
        raise ValueError(f"a Decimal of {parts:.100}")
    return decimal.Decimal(parts)


def _fraction(parts: Any) -> Any:
    import fractions

    if (ends := exactly(parts, int, int))[1] <= 0:
        raise ValueError("the denominator of a Fraction is above 0")
    return fractions.Fraction(*ends)


def _uuid(parts: Any) -> Any:
    import uuid

    return uuid.UUID(int=a(int, parts))


def _path(kind: type) -> Any:
    """Makes paths of one class; of what it is a path to, nothing travels."""
    return lambda parts: kind(a(str, parts))


def _array(parts: Any) -> Any:
    code, numbers = exactly(parts, str, bytes)
    if len(code) != 1 or code not in _ARRAYS:
        raise ValueError(f"an array of type {code:.100}")
    return array.array(code, numbers)


def _array_parts(value: Any) -> Any:
    if value.typecode not in _ARRAYS:
        raise Stays
    return value.typecode, value.tobytes()


def _namespace(parts: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(**a(dict, parts))


def _class_name(kind: type) -> str:
    if _CLASSES.get(kind.__name__) is not kind:
        raise Stays
    return kind.__name__


def _only(value: Any) -> Any:
    """Makes the only value of a type."""

    def make(parts: Any) -> Any:
        exactly(parts)
        return value

    return make


def _nothing(_: Any) -> tuple[()]:
    return ()


TYPES = (
    KnownType("builtins", "complex", lambda v: (v.real, v.imag),
                 lambda parts: complex(*exactly(parts, float, float))),
    KnownType("builtins", "bytearray", bytes, lambda parts: bytearray(a(bytes, parts))),
    KnownType("builtins", "range", _range_parts, _range),
    KnownType("builtins", "slice", lambda v: (v.start, v.stop, v.step), _slice),
    KnownType("collections", "Counter", dict,
                 lambda parts: collections.Counter(a(dict, parts))),
    KnownType("collections", "OrderedDict", dict,
                 lambda parts: collections.OrderedDict(a(dict, parts))),
    KnownType("collections", "deque", lambda v: (list(v), v.maxlen), _deque),
    KnownType("collections", "defaultdict",
                 lambda v: (dict(v), _factory(v.default_factory)), _default_dict),
    KnownType("datetime", "date", lambda v: (v.year, v.month, v.day),
                 lambda parts: datetime.date(*exactly(parts, int, int, int))),
    KnownType("datetime", "time", _clock, _time),
    KnownType("datetime", "datetime", lambda v: (v.year, v.month, v.day, *_clock(v)), _datetime),
    KnownType("datetime", "timedelta", lambda v: (v.days, v.seconds, v.microseconds),
                 lambda parts: datetime.timedelta(*exactly(parts, int, int, int))),
    KnownType("datetime", "timezone", lambda v: v.__getinitargs__(),  # offset, perhaps a name
                 lambda parts: datetime.timezone(*a(tuple, parts))),
    KnownType("zoneinfo", "ZoneInfo", _zone_key, _zone_info),
    KnownType("decimal", "Decimal", str, _decimal),
    KnownType("fractions", "Fraction", lambda v: (v.numerator, v.denominator), _fraction),
    KnownType("uuid", "UUID", lambda v: v.int, _uuid),
    *(KnownType("pathlib", name, str, _path(getattr(pathlib, name)))
      for name in ("PosixPath", "PurePosixPath", "PureWindowsPath")),
    KnownType("array", "array", _array_parts, _array, tag="array.array"),
    KnownType("types", "SimpleNamespace", lambda v: dict(vars(v)), _namespace),
    KnownType("builtins", "type", _class_name, lambda parts: _CLASSES[a(str, parts)]),
    KnownType("types", "EllipsisType", _nothing, _only(...), called="ellipsis"),
    KnownType("types", "NotImplementedType", _nothing, _only(NotImplemented)),
)  # fmt: skip
