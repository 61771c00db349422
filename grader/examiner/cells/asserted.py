"""What an ``assert`` without a message came to: its code, and the values in it.

No value is asked anything: of plain data its text is shown, of all else the class.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PosixPath
from types import BuiltinFunctionType, FrameType, FunctionType
from typing import Any

import numpy as np

from grader.examiner.cells.failing_code import Cell
from grader.examiner.cells.kept_values import NOT_COMPUTED, kept_as, parts
from grader.language import gettext
from grader.sandbox.guest.handles import library_functions

_SHOWN = 80  # characters of one
_ITEMS = 8  # of a list
_LEVELS = 4  # of lists in lists
_EDGE = 3  # of an axis of an array, at either end
_NUMBERS = 1000  # of an array: with many axes, a text of its edges would take minutes
# Exactly these are written by their own `repr`, which is Python's.
_WRITTEN = frozenset(
    (bool, int, float, complex, date, time, datetime, timedelta, Decimal, Fraction, PosixPath)
)
_NUMPY = frozenset(np.sctypeDict.values())
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
}
_NAME: Callable[[type], str] = type.__dict__["__name__"].__get__


def came_to(cell: Cell, node: ast.AST, frame: FrameType) -> tuple[str, ...]:
    """Which ``assert`` does not hold, and its values; nothing where it has a message of its own.

    Args:
        cell: the test cell.
        node: its code that failed.
        frame: that ran it.
    """
    owner = next((each for each in cell.around(node) if isinstance(each, ast.stmt)), None)
    if not isinstance(owner, ast.Assert) or owner.msg is not None:
        return ()
    said = [gettext("This does not hold: `{code}`", code=cell.segment(owner.test))]
    for number, part in enumerate(parts(owner.test)):
        kept, code = frame.f_locals.get(kept_as(number), NOT_COMPUTED), cell.segment(part)
        if kept is not NOT_COMPUTED and not _is_literal(part):
            value = shown(kept)
            said += [gettext("`{code}` is {value}", code=code, value=value)] * (value != code)
    return tuple(said)


def _is_literal(part: ast.expr) -> bool:
    try:
        ast.literal_eval(part)
    except ValueError:
        return False
    return True


def shown(value: object) -> str:
    """A value for a message, short: plain data as Python writes it, of all else the class."""
    try:
        text = " ".join(_written(value, _LEVELS).split())
    except ValueError:  # a number too long to be written
        text = _class(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _written(value: Any, levels: int) -> str:
    """The text of plain data; no method of any other object is called."""
    kind = type(value)
    if name := library_functions.name_of(value):
        return name.replace(":", ".")
    if issubclass(kind, type):
        return _NAME(value)[:_SHOWN]
    if kind is FunctionType or kind is BuiltinFunctionType:
        place = "" if value.__module__ in (None, "__main__") else f"{value.__module__}."
        return f"{place}{value.__qualname__}"
    if kind is str or kind is bytes:
        return repr(value[: _SHOWN + 1])
    if value is None or kind in _WRITTEN:
        return repr(value)
    if kind is np.str_ or kind is np.bytes_:
        return repr(value.item()[: _SHOWN + 1])
    if kind in _NUMPY and not value.dtype.hasobject:
        return str(value)
    if kind is np.ndarray and value.dtype.kind in "biufcmMSU":
        return np.array2string(_beginning(value), threshold=_ITEMS, edgeitems=_EDGE)
    if kind is dict and levels:
        pairs = itertools.islice(value.items(), _ITEMS)
        items = [f"{_written(k, levels - 1)}: {_written(v, levels - 1)}" for k, v in pairs]
        return _in_brackets("{", items, len(value), "}")
    if kind in _BRACKETS and levels:
        items = [_written(each, levels - 1) for each in itertools.islice(value, _ITEMS)]
        opening, closing = _BRACKETS[kind]
        text = _in_brackets(opening, items, len(value), closing)
        return f"({items[0]},)" if kind is tuple and len(value) == 1 else text
    return _class(value)


def _beginning(array: np.ndarray) -> np.ndarray:
    """An array, or as much of one with many axes as begins with the same text."""
    for axis in range(array.ndim):
        if math.prod(min(length, 2 * _EDGE) for length in array.shape) <= _NUMBERS:
            break
        array = array[(slice(None),) * axis + (slice(1),)]
    return array


def _in_brackets(opening: str, items: list[str], length: int, closing: str) -> str:
    more = ["..."] if length > len(items) else []
    return f"{opening}{', '.join(items + more)}{closing}"


def _class(value: object) -> str:
    return gettext("an object of the class {name}", name=_NAME(type(value))[:_SHOWN])
