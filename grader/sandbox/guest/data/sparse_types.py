"""SciPy's sparse arrays and matrices, copied in the format that they have.

Each is rebuilt by SciPy's own class, and its indices are checked before any compiled code follows
them: what arrives may point anywhere.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..protocol import MAX_NODES
from .array_bytes import shape_of
from .known_type import KnownType, Stays, a, several

_KINDS = "biufc"  # of numbers
_COMPRESSED = ("csr", "csc", "bsr")
_BY_COORDINATES = ("coo", "lil", "dok")


def _format(name: str) -> str:
    return name.partition("_")[0]


def _numbers(values: Any) -> Any:
    """An array that is sent as it is."""
    if type(values) is not np.ndarray or values.dtype.kind not in _KINDS:
        raise Stays
    return values


def _parts(matrix: Any) -> Any:
    shape = tuple(map(int, matrix.shape))
    if matrix.format in _COMPRESSED:
        return shape, _numbers(matrix.data), (matrix.indices, matrix.indptr)
    if matrix.format == "dia":
        return shape, _numbers(matrix.data), (matrix.offsets,)
    if matrix.format == "lil" and shape[0] > MAX_NODES:
        raise Stays
    listed = matrix if matrix.format == "coo" else matrix.tocoo()
    return shape, _numbers(listed.data), tuple(np.asarray(each) for each in listed.coords)


def _make(name: str, parts: Any) -> Any:
    from scipy import sparse

    shape, data, indices = several(parts, 3)
    shape, kind = shape_of(a(tuple, shape)), getattr(sparse, name)
    if _format(name) == "lil" and shape[0] > MAX_NODES:  # each row is a list
        raise ValueError(f"lists of {shape[0]} rows; at most {MAX_NODES} can be sent")
    if a(np.ndarray, data).dtype.kind not in _KINDS:
        raise ValueError(f"a sparse array of {data.dtype}")
    for each in a(tuple, indices):
        if a(np.ndarray, each).dtype.kind != "i" or each.ndim != 1:
            raise ValueError("indices are whole numbers in a row")
    if _format(name) in _COMPRESSED:
        made = kind((data, *several(indices, 2)), shape=shape)
        made.check_format(full_check=True)
        return made
    if _format(name) == "dia":
        return kind((data, *several(indices, 1)), shape=shape)
    return _by_coordinates(name, shape, data, indices)


def _by_coordinates(name: str, shape: tuple[int, ...], data: Any, indices: Any) -> Any:
    from scipy import sparse

    if len(indices) != len(shape) or data.ndim != 1:
        raise ValueError(f"{len(indices)} rows of indices for {len(shape)} dimensions")
    for each, most in zip(indices, shape, strict=True):
        if each.shape != data.shape or (each.size and not 0 <= each.min() <= each.max() < most):
            raise ValueError("indices that point outside")
    family = name.partition("_")[2]
    listed = getattr(sparse, f"coo_{family}")((data, indices), shape=shape)
    return listed.asformat(_format(name))


TYPES = tuple(
    KnownType("scipy.sparse", name, _parts, functools.partial(_make, name))
    for family in ("array", "matrix")
    for name in (f"{each}_{family}" for each in (*_COMPRESSED, "dia", *_BY_COORDINATES))
)
