"""Functions that compute, and reach no more: they are the same in a kernel and in the examiner.

They travel by name, so that a test finds the very function: ``table["sin"] is math.sin``. Where a
test calls one that the student's code returned, it runs in the examiner. So none of these opens a
file or reads an attribute's value by its name, and the few that change something (``next``, NumPy's
``out``) have nothing but what the test hands over. Both sides import this.
"""

from __future__ import annotations

import builtins
import cmath
import functools
import math
import operator
import statistics
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, MethodDescriptorType, ModuleType
from typing import Any

import numpy as np

_SOME: Mapping[ModuleType, str] = {
    builtins: """
        abs all any ascii bin callable chr divmod format hasattr hash hex id isinstance issubclass
        iter len max min next oct ord pow print repr round sorted sum
    """,
    operator: """
        abs add and_ concat contains countOf eq floordiv ge getitem gt index indexOf inv invert is_
        is_not le lshift lt matmul mod mul ne neg not_ or_ pos pow rshift sub truediv truth xor
    """,
    statistics: "fmean mean median mode pstdev pvariance stdev variance",
    functools: "reduce",
    np: "all any argmax argmin argsort clip cumsum dot max mean median min prod sort std sum var",
}
_ALL: Mapping[ModuleType, type] = {
    math: BuiltinFunctionType,
    cmath: BuiltinFunctionType,
    np: np.ufunc,
}
_METHODS_OF = (str, bytes, int, float)
_FORMATS = ("format", "format_map")  # they read attributes of what they are given


def _every() -> Iterator[tuple[str, Any]]:
    for module, names in _SOME.items():
        prefix = "" if module is builtins else f"{module.__name__}:"
        yield from ((f"{prefix}{name}", getattr(module, name)) for name in names.split())
    for module, kind in _ALL.items():
        found = (each for each in vars(module).items() if type(each[1]) is kind)
        yield from ((f"{module.__name__}:{name}", value) for name, value in found)
    for kind in _METHODS_OF:
        methods = (each for each in vars(kind).items() if type(each[1]) is MethodDescriptorType)
        for name, value in methods:
            if not name.startswith("_") and name not in _FORMATS:
                yield f"{kind.__name__}:{name}", value


FUNCTIONS = dict(_every())
"""By name: ``len``, ``math:sin``, ``str:upper``."""

_NAMES = {id(value): name for name, value in FUNCTIONS.items()}


def name_of(value: Any) -> str:
    """The name of one of these functions; empty for all else, which is asked nothing."""
    return _NAMES.get(id(value), "")
