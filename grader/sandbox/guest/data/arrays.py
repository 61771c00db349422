"""Arrays of more than plain numbers: with fields, of objects, masked; and numpy's types.

Arrays of plain dtypes are sent as their bytes (``array_bytes``); these here are made of such.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..protocol import MAX_BYTES
from . import array_bytes
from .known_type import KnownType, Stays, a, exactly, several

_TEXTS = np.dtypes.StringDType()
_OF_ITEMS: dict[str, Any] = {
    "object": np.dtype(object),
    "text": _TEXTS,
}  # arrays of these are sent item by item
_MOST_ITEM = 1 << 20  # bytes of one item of an array with fields


def described(dtype: np.dtype[Any]) -> Any:
    """A dtype as plain data; raises ``Stays`` where it cannot travel."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return "sub", described(base), shape
    if dtype.names is not None and dtype.fields is not None:
        if any(len(field) > 2 for field in dtype.fields.values()):
            raise Stays  # fields with titles
        fields = [(name, *dtype.fields[name]) for name in dtype.names]
        told = [(name, described(kind), offset) for name, kind, offset in fields]
        return "fields", told, dtype.itemsize, dtype.isalignedstruct
    if dtype.kind == "O":
        return "object"
    if dtype == _TEXTS:
        return "text"
    if not array_bytes.is_plain(dtype):
        raise Stays
    return array_bytes.written(dtype)


def described_dtype(parts: Any) -> np.dtype[Any]:
    """The dtype of what ``described`` gives."""
    if type(parts) is str and parts in _OF_ITEMS:
        known: np.dtype[Any] = _OF_ITEMS[parts]
        return known
    if type(parts) is str:
        return array_bytes.read(parts)
    if a(tuple, parts)[0] == "sub":
        _, base, shape = several(parts, 3)
        dtype = np.dtype((described_dtype(base), array_bytes.shape_in_memory(a(tuple, shape))))
    else:
        dtype = _with_fields(parts)
    if dtype.itemsize > _MOST_ITEM:
        raise ValueError(f"an item of {dtype.itemsize} bytes; at most {_MOST_ITEM} can be sent")
    return dtype


def _with_fields(parts: Any) -> np.dtype[Any]:
    _, fields, size, aligned = exactly(parts, str, list, int, bool)
    told = [several(field, 3) for field in fields]
    if not 0 <= size <= _MOST_ITEM:
        raise ValueError(f"an item of {size} bytes; at most {_MOST_ITEM} can be sent")
    return np.dtype(
        {
            "names": [a(str, name) for name, _, _ in told],
            "formats": [described_dtype(kind) for _, kind, _ in told],
            "offsets": [a(int, offset) for _, _, offset in told],
            "itemsize": size,
        },
        align=aligned,
    )


def _array_parts(array: Any) -> Any:
    dtype = array.dtype
    told, writeable = described(dtype), array.flags.writeable
    if dtype.names is None:
        if told not in _OF_ITEMS:
            raise Stays
        return told, array.shape, array.reshape(-1).tolist(), writeable
    return told, array.shape, [np.asarray(array[name]) for name in dtype.names], writeable


def _array(parts: Any) -> Any:
    *of_content, writeable = several(parts, 4)
    array = _filled(*of_content)
    array.flags.writeable = a(bool, writeable)
    return array


def _filled(kind: Any, shape: Any, content: Any) -> Any:
    shape, content = array_bytes.shape_in_memory(a(tuple, shape)), a(list, content)
    if type(kind) is str and kind in _OF_ITEMS:
        if math.prod(shape) != len(content):
            raise ValueError(f"{len(content)} items for an array of shape {shape}")
        if kind == "text" and {*map(type, content)} - {str}:
            raise TypeError("texts are due")
        items = np.fromiter(content, object, len(content))
        return items.astype(_OF_ITEMS[kind]).reshape(shape)
    dtype = described_dtype(kind)
    if dtype.names is None or len(dtype.names) != len(content):
        raise ValueError("an array has as many parts as fields")
    if array_bytes.size_of(shape, dtype) > MAX_BYTES:
        raise ValueError(f"an array of more than {MAX_BYTES} bytes")
    made = np.zeros(shape, dtype)
    for name, values in zip(dtype.names, content, strict=True):
        field = made[name]
        if type(values) is not np.ndarray or (values.shape, values.dtype) != (
            field.shape,
            field.dtype,
        ):
            raise ValueError(f"the field {name:.100} is of another shape or dtype")
        field[...] = values
    return made


def _of_arrays(kind: type, parts: Any) -> Any:
    """An array that arrived, seen as of another of numpy's classes."""
    return a(np.ndarray, parts).view(kind)


def _with_names(parts: Any) -> Any:
    if a(np.ndarray, parts).dtype.names is None:
        raise ValueError("an array with fields is due")
    return parts


def _record_parts(record: Any) -> Any:
    if record.dtype.names is None:  # only bytes
        raise Stays
    return np.array(record, np.dtype((np.void, record.dtype)))


def _one(parts: Any) -> Any:
    if _with_names(parts).shape != ():
        raise ValueError("one record is due")
    return parts


def _matrix(parts: Any) -> Any:
    if a(np.ndarray, parts).ndim != 2:
        raise ValueError("a matrix has two dimensions")
    return _of_arrays(np.matrix, parts)


def _masked_parts(array: Any) -> Any:
    return np.asarray(array.data), np.ma.getmaskarray(array), array.fill_value


def _masked(parts: Any) -> Any:
    values, mask, fill = several(parts, 3)
    if type(values) is not np.ndarray or type(mask) is not np.ndarray:
        raise ValueError("a masked array is an array, a mask and a number")
    if mask.dtype != np.ma.make_mask_descr(values.dtype) or values.shape != mask.shape:
        raise ValueError(f"a mask of {mask.dtype} {mask.shape} for {values.dtype} {values.shape}")
    return np.ma.MaskedArray(values, mask=mask, fill_value=fill)


def _only_masked(parts: Any) -> Any:
    exactly(parts)
    return np.ma.masked


def _scalar_class(parts: Any) -> type:
    kind = getattr(np, a(str, parts), None)
    if not isinstance(kind, type) or not issubclass(kind, np.generic):
        raise ValueError(f"numpy has no scalar type {parts:.100}")
    return kind


def class_name(kind: type) -> str:
    """The name of one of numpy's scalar types; raises ``Stays`` where it is none."""
    if not issubclass(kind, np.generic) or getattr(np, kind.__name__, None) is not kind:
        raise Stays
    name: str = kind.__name__
    return name


SCALAR_CLASS = KnownType("builtins", "type", class_name, _scalar_class, tag="numpy.type")

TYPES = (
    KnownType("numpy", "ndarray", _array_parts, _array),
    KnownType("numpy", "recarray", np.asarray,
              lambda parts: _of_arrays(np.recarray, _with_names(parts))),
    KnownType("numpy", "void", _record_parts, lambda parts: _one(parts)[()]),
    KnownType("numpy", "record", _record_parts,
              lambda parts: _of_arrays(np.recarray, _one(parts))[()]),
    KnownType("numpy", "matrix", np.asarray, _matrix),
    KnownType("numpy.ma", "MaskedArray", _masked_parts, _masked, tag="masked"),
    KnownType("numpy.ma.core", "MaskedConstant", lambda _: (), _only_masked),
    *(KnownType("numpy.dtypes", name, described, described_dtype, tag="dtype", called=name)
      for name in np.dtypes.__all__),
)  # fmt: skip
