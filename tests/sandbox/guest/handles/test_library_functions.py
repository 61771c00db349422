"""Functions that are the same on both sides compute, and reach no more."""

from __future__ import annotations

import functools
import math
import operator
import os
from typing import Any

import numpy as np
import pytest

from grader.examiner.objects import classes
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.handles.library_functions import FUNCTIONS, name_of


@pytest.mark.parametrize(
    ("function", "name"),
    [
        *((len, "len"), (math.sin, "math:sin"), (np.exp, "numpy:exp"), (np.mean, "numpy:mean")),
        *((operator.add, "operator:add"), (str.upper, "str:upper")),
    ],
)
def test_a_function_that_computes_is_found_by_its_name(function: Any, name: str) -> None:
    assert name_of(function) == name
    assert classes.built_in(name) is function


class Strange:
    """Is equal to everything, and found where `len` is."""

    __name__, __module__ = "len", "builtins"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(len)


@pytest.mark.parametrize(
    "value",
    [
        *(open, eval, getattr, setattr, vars, os.system, np.save, np.load, np.fromfile),
        *(operator.attrgetter, operator.setitem, operator.delitem, operator.iadd),
        *(str.format, list.append, functools.partial(math.sin), lambda: None, Strange(), "len"),
    ],
)
def test_what_reaches_more_or_is_no_such_function_is_not(value: object) -> None:
    assert name_of(value) == ""


@pytest.mark.parametrize(
    "name", ["eval", "os:system", "operator:setitem", "str:format", "math:__loader__", "", 3, None]
)
def test_a_kernel_can_name_no_other(name: object) -> None:
    with pytest.raises(Malformed):
        classes.built_in(name)


def test_none_of_them_is_a_class() -> None:
    assert not any(isinstance(value, type) for value in FUNCTIONS.values())
