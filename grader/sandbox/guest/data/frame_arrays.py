"""The columns of pandas: its one-dimensional arrays and their dtypes, taken apart and rebuilt.

pandas makes each array by its own class from parts that it checks. Nothing here is imported before
a student's code, or a value that arrives, has to do with pandas.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..protocol import MAX_KEYS
from .known_type import KnownType, Stays, a, exactly, several

_MASKED = ("IntegerArray", "FloatingArray", "BooleanArray")


def pandas() -> Any:
    """The module, which is imported if need be."""
    import pandas as module

    return module


def zone_parts(zone: Any) -> Any:
    """A time zone that travels as itself; raises ``Stays`` for another."""
    import datetime
    import zoneinfo

    if zone is not None and type(zone) not in (datetime.timezone, zoneinfo.ZoneInfo):
        raise Stays
    return zone


def in_zone(values: Any, zone: Any) -> Any:
    """A ``DatetimeIndex`` or a ``Timestamp`` without a zone, which is in UTC, in a zone."""
    if zone is None:
        return values
    zone_parts(zone)
    return values.tz_localize("UTC").tz_convert(zone)


def frequency_parts(frequency: Any) -> str:
    """A frequency as text, where the text says all of it."""
    text: str = frequency.freqstr
    try:
        same = pandas().tseries.frequencies.to_offset(text) == frequency
    except ValueError:
        same = False
    if not same:
        raise Stays
    return text


def period_parts(periods: Any) -> str:
    """The frequency of periods as text, where the text says all of it."""
    text: str = periods.freqstr
    if pandas().PeriodDtype(text).freq != periods.freq:
        raise Stays
    return text


def require_few(keys: Any) -> Any:
    """Keys that pandas will look up, if they are texts or few; see ``MAX_KEYS``."""
    if len(keys) > MAX_KEYS and keys.inferred_type != "string":
        raise ValueError(f"{len(keys)} categories or levels; at most {MAX_KEYS} can be sent")
    return keys


def array_parts(values: Any) -> Any:
    """A one-dimensional array of pandas, or of numpy; raises ``Stays``."""
    if type(values) is np.ndarray:
        return values
    name = type(values).__name__
    if getattr(pandas().arrays, name, None) is not type(values) or name not in _OF_ARRAYS:
        raise Stays
    take_apart, _ = _OF_ARRAYS[name]
    return name, *take_apart(values)


def make_array(parts: Any) -> Any:
    """The array of parts that ``array_parts`` gives."""
    if type(parts) is np.ndarray:
        return parts
    name, *content = a(tuple, parts)
    return _OF_ARRAYS[a(str, name)][1](name, *content)


def _numpy_parts(values: Any) -> Any:
    return (values.to_numpy(),)


def _masked_parts(values: Any) -> Any:
    return values._data, values._mask


def _masked(name: str, values: Any, mask: Any) -> Any:
    return getattr(pandas().arrays, name)(a(np.ndarray, values), a(np.ndarray, mask))


def _text_parts(values: Any) -> Any:
    dtype, missing = values.dtype, values.isna()
    texts = np.where(missing, "", values.to_numpy(object, na_value="")).tolist()
    return dtype.storage, dtype.na_value is sys.modules["pandas"].NA, texts, missing


def _text(_: str, storage: Any, missing_is_na: Any, texts: Any, missing: Any) -> Any:
    pd = pandas()
    exactly((storage, missing_is_na, texts, missing), str, bool, list, np.ndarray)
    if missing.dtype != bool or missing.shape != (len(texts),):
        raise ValueError("a truth value for each text is due")
    if {*map(type, texts)} - {str}:
        raise TypeError("texts are due")
    dtype = pd.StringDtype(storage, na_value=pd.NA if missing_is_na else np.nan)
    items = np.fromiter(texts, object, len(texts))
    items[missing] = None
    return pd.array(items, dtype=dtype)


def _category_parts(values: Any) -> Any:
    return values.codes, values.categories, bool(values.ordered)


def _category(_: str, codes: Any, categories: Any, ordered: Any) -> Any:
    pd = pandas()
    if not isinstance(categories, pd.Index):
        raise TypeError("categories are an Index")
    codes, categories = a(np.ndarray, codes), require_few(categories)
    return pd.Categorical.from_codes(codes, categories, ordered=a(bool, ordered))


def _times_parts(values: Any) -> Any:
    zone = zone_parts(values.tz)
    naive = values if zone is None else values.tz_convert("UTC").tz_localize(None)
    return np.asarray(naive), zone


def _times(_: str, values: Any, zone: Any) -> Any:
    return in_zone(pandas().DatetimeIndex(_of_kind("M", values)), zone).array


def _differences(_: str, values: Any) -> Any:
    return pandas().TimedeltaIndex(_of_kind("m", values)).array


def _of_kind(kind: str, values: Any) -> Any:
    if a(np.ndarray, values).dtype.kind != kind:
        raise ValueError(f"an array of kind {kind} is due, not of {values.dtype}")
    return values


def _period_parts(values: Any) -> Any:
    return values.asi8, period_parts(values)


def _periods(_: str, ordinals: Any, frequency: Any) -> Any:
    pd = pandas()
    dtype = pd.PeriodDtype(a(str, frequency))
    return pd.arrays.PeriodArray(_of_kind("i", ordinals), dtype=dtype)


def _interval_parts(values: Any) -> Any:
    return values.left, values.right, values.closed


def _intervals(_: str, left: Any, right: Any, closed: Any) -> Any:
    pd = pandas()
    if not isinstance(left, pd.Index) or type(left) is not type(right):
        raise TypeError("two Indexes of one class are due")
    return pd.arrays.IntervalArray.from_arrays(left, right, a(str, closed))


def _sparse_parts(values: Any) -> Any:
    return values.to_dense(), values.fill_value, values.kind


def _sparse(_: str, dense: Any, fill: Any, kind: Any) -> Any:
    dtype = a(np.ndarray, dense).dtype
    return pandas().arrays.SparseArray(dense, fill_value=fill, kind=a(str, kind), dtype=dtype)


# By class: takes it apart; makes it of its name and these parts.
_OF_ARRAYS: dict[str, tuple[Any, Any]] = {
    "NumpyExtensionArray": (
        _numpy_parts,
        lambda _, values: pandas().arrays.NumpyExtensionArray(a(np.ndarray, values)),
    ),
    **dict.fromkeys(_MASKED, (_masked_parts, _masked)),
    **dict.fromkeys(("StringArray", "ArrowStringArray"), (_text_parts, _text)),
    "Categorical": (_category_parts, _category),
    "DatetimeArray": (_times_parts, _times),
    "TimedeltaArray": (lambda values: (np.asarray(values),), _differences),
    "PeriodArray": (_period_parts, _periods),
    "IntervalArray": (_interval_parts, _intervals),
    "SparseArray": (_sparse_parts, _sparse),
}


def _dtype_text(dtype: Any) -> str:
    """A dtype as text, where pandas reads the same of it."""
    text = str(dtype)
    try:
        same = pandas().api.types.pandas_dtype(text) == dtype
    except (TypeError, ValueError):
        same = False
    if not same:
        raise Stays
    return text


def _dtype(parts: Any) -> Any:
    return pandas().api.types.pandas_dtype(a(str, parts))


def _categorical_dtype(parts: Any) -> Any:
    pd = pandas()
    categories, ordered = several(parts, 2)
    if categories is not None and not isinstance(categories, pd.Index):
        raise TypeError("categories are an Index")
    if categories is not None:
        require_few(categories)
    return pd.CategoricalDtype(categories, ordered if ordered is None else a(bool, ordered))


_DTYPES = (
    *(f"{sign}Int{bits}Dtype" for sign in ("", "U") for bits in (8, 16, 32, 64)),
    *("Float32Dtype", "Float64Dtype", "BooleanDtype", "StringDtype"),
    *("DatetimeTZDtype", "PeriodDtype", "IntervalDtype", "SparseDtype"),
)

TYPES = (
    *(KnownType("pandas.arrays", name, array_parts, make_array, tag=f"pandas.{name}")
      for name in _OF_ARRAYS),
    *(KnownType("pandas", name, _dtype_text, _dtype, tag=f"pandas.{name}") for name in _DTYPES),
    KnownType("pandas", "CategoricalDtype", lambda v: (v.categories, v.ordered),
              _categorical_dtype, tag="pandas.CategoricalDtype"),
)  # fmt: skip
