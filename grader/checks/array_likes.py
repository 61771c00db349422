"""Reads the numbers of other classes: matrices, tensors, pandas' columns, ranges, fractions.

A student's answer is as right in one of these as in a numpy array. Only the exact classes are
read, by their class's method: a subclass or an attribute of the object has no say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

_Reader = Callable[[Any], np.ndarray]


def numbers(answer: object, most: int) -> np.ndarray | None:
    """Return the values of an array-like object as a plain numpy array.

    Args:
        answer: any object.
        most: how many values are read at most; a range of billions is small in memory.

    Returns:
        The values; None if the object is of another class, holds more values, or holds anything
        else than numbers that numpy has a type for.

    Example:
        In a check, before an answer is compared::

            values = numbers(answer, most=1000)
    """
    kind = type(answer)
    reader = next((reader for known, reader in _readers() if known is kind), None)
    if reader is None or (kind in _lazy() and len(answer) > most):  # type: ignore[arg-type]
        return None
    try:
        values = reader(answer)
    # For example bfloat16, a sparse tensor, or a fraction that is larger than a float can be.
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    return values if values.dtype.kind in "biuf" else None


def _readers() -> Iterator[tuple[type, _Reader]]:
    """Each class of a library that is loaded, with what reads its values."""
    yield np.matrix, lambda matrix: np.ndarray.view(matrix, np.ndarray)
    yield range, lambda values: np.array(values, dtype=np.int64)
    yield np.ma.MaskedArray, _of_masked
    yield Fraction, lambda number: np.array(float(number))
    yield Decimal, lambda number: np.array(float(number))
    for module, name in (
        ("tensorflow.python.framework.ops", "EagerTensor"),
        ("tensorflow.python.ops.resource_variable_ops", "ResourceVariable"),
    ):
        if kind := _loaded(module, name):
            yield kind, kind.numpy
    for name in ("Tensor", "nn.Parameter"):
        if kind := _loaded("torch", name):
            yield kind, _of_torch
    for name in ("Series", "DataFrame", "Index", "RangeIndex"):
        if kind := _loaded("pandas", name):
            yield kind, kind.to_numpy


def _lazy() -> tuple[Any, ...]:
    """Classes whose objects hold no values before they are read."""
    return range, _loaded("pandas", "RangeIndex")


def _loaded(module: str, name: str) -> Any:
    """Return a class by its name in a module, or None where that is not loaded."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _of_masked(array: Any) -> np.ndarray:
    if np.ma.getmaskarray(array).any():
        raise ValueError("numbers are hidden")
    return np.ndarray.view(array, np.ndarray)


def _of_torch(tensor: Any) -> np.ndarray:
    values: np.ndarray = tensor.detach().cpu().resolve_conj().resolve_neg().numpy()
    return values
