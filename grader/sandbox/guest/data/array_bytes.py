"""The bytes of arrays, sent and received without a second copy of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..protocol import CHUNK, MAX_BYTES

KINDS = "biufcSUmM"
_DTYPE = re.compile(  # numpy itself would read much more, and take S0 for S1
    r"[<>|=]?(?:[biufc][0-9]{1,2}|[SU][1-9][0-9]{0,4}|[mM]8(?:\[[0-9]{0,6}[A-Za-z]{1,2}\])?)"
)
_MOST_DIMENSIONS = 64
_MOST_CODE = 0x10FFFF  # of a character


def is_plain(dtype: Any) -> bool:
    """Whether an array of this dtype is sent as its bytes."""
    return dtype.kind in KINDS and dtype.itemsize > 0


def written(dtype: Any) -> str:
    """A plain dtype as text."""
    text: str = dtype.newbyteorder("=").str if dtype.isnative else dtype.str
    return text


def read(text: Any) -> np.dtype[Any]:
    """The dtype of a text that ``written`` gives; raises ``ValueError``."""
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError(f"an array of dtype {text!r:.100}")
    return np.dtype(text)


def shape_of(parts: Any) -> tuple[int, ...]:
    """A shape that arrived as a list or a tuple; raises ``ValueError``."""
    shape = tuple(parts)
    if len(shape) > _MOST_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
        raise ValueError(f"an array of shape {shape!r:.100}")
    return shape


def shape_in_memory(parts: Any) -> tuple[int, ...]:
    """As ``shape_of``; also an array of no bytes has no trillion rows, which tests go through."""
    shape = shape_of(parts)
    if 0 in shape and math.prod(filter(None, shape)) > MAX_BYTES:
        raise ValueError(f"an array of shape {shape!r:.100}")
    return shape


def size_of(shape: Sequence[int], dtype: np.dtype[Any]) -> int:
    """Bytes of an array, in Python's own integers: numpy's would overflow for terabytes."""
    return math.prod(shape) * dtype.itemsize


def in_columns(array: Any) -> bool:
    """Whether an array lies in memory by columns, which its ``flags`` show."""
    return bool(array.flags.f_contiguous and not array.flags.c_contiguous)


def parts(array: Any) -> list[Any]:
    """The bytes of an array: a copy of a small one, views of a large one."""
    if not array.nbytes:
        return []
    rows = array.T if in_columns(array) else array
    flat = memoryview(np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data)
    if flat.nbytes <= CHUNK:
        return [flat.tobytes()]
    return [flat[begin : begin + CHUNK] for begin in range(0, flat.nbytes, CHUNK)]


def filled(
    shape: tuple[int, ...], dtype: np.dtype[Any], received: Sequence[Any], *, by_columns: bool
) -> Any:
    """An array of the bytes that came, which are as many as it has; raises ``ValueError``."""
    array = np.empty(shape, dtype, order="F" if by_columns else "C")
    if not array.nbytes:
        return array
    flat = (array.T if by_columns else array).reshape(-1)
    raw, begin = flat.view(np.uint8), 0
    for part in received:
        raw[begin : begin + part.nbytes] = np.frombuffer(part, np.uint8)
        begin += part.nbytes
    if dtype.kind == "U" and flat.view(f"{dtype.byteorder}u4").max() > _MOST_CODE:
        raise ValueError("an array of text holds what is no character")
    if dtype.kind == "b":  # a byte that is neither 0 nor 1 is neither True nor False to numpy
        np.minimum(raw, 1, out=raw)
    return array
