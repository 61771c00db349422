"""pandas' frames, series, indexes and single values: copies of exactly its own classes.

What is of a subclass, or holds an array of a class that is not known (``frame_arrays``), stays
where it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import frame_arrays
from .frame_arrays import (
    array_parts,
    frequency_parts,
    in_zone,
    make_array,
    pandas,
    period_parts,
    zone_parts,
)
from .known_type import KnownType, a, exactly, several

_WITH_FREQUENCY = ("DatetimeIndex", "TimedeltaIndex")


def _index_parts(index: Any) -> Any:
    told = None
    if type(index).__name__ in _WITH_FREQUENCY and index.freq is not None:
        told = frequency_parts(index.freq)
    return array_parts(_column(index)), index.name, told


def _column(values: Any) -> Any:
    """What a series or an index holds; what numpy knows as numpy's array, text and objects too."""
    held = values.array
    return held.to_numpy() if type(held).__name__ == "NumpyExtensionArray" else held


def _index(name: str, parts: Any) -> Any:
    values, own_name, frequency = several(parts, 3)
    held = make_array(values)
    made = pandas().Index(held, dtype=held.dtype, name=own_name, copy=False)
    if frequency is not None and name in _WITH_FREQUENCY:
        made.freq = a(str, frequency)
    if type(made).__name__ != name:
        raise TypeError(f"parts of the class {name} are due, not of {type(made).__name__}")
    return made


def _indexes(name: str) -> KnownType:
    return _known(name, _index_parts, lambda parts: _index(name, parts))


def _range_index(parts: Any) -> Any:
    *ends, name = several(parts, 4)
    return pandas().RangeIndex(*exactly(tuple(ends), int, int, int), name=name)


def _multi_index_parts(index: Any) -> Any:
    codes = [np.asarray(codes) for codes in index.codes]
    return list(index.levels), codes, list(index.names), index.sortorder


def _multi_index(parts: Any) -> Any:
    pd = pandas()
    levels, codes, names, order = several(parts, 4)
    for level in a(list, levels):
        if not isinstance(level, pd.Index):
            raise TypeError("levels are Indexes")
        frame_arrays.require_few(level)
    codes = [a(np.ndarray, each) for each in a(list, codes)]
    order = order if order is None else a(int, order)
    return pd.MultiIndex(levels, codes, names=a(list, names), sortorder=order)


def _series_parts(series: Any) -> Any:
    return array_parts(_column(series)), series.index, series.name, dict(series.attrs)


def _series(parts: Any) -> Any:
    values, index, name, attributes = several(parts, 4)
    made = _held(values, index)
    made.name = name
    made.attrs = a(dict, attributes)
    return made


def _held(values: Any, index: Any) -> Any:
    """A series, whose dtype is that of its array: pandas would make texts of objects."""
    pd = pandas()
    held = make_array(values)
    if not isinstance(index, pd.Index) or len(held) != len(index):
        raise ValueError("an index has a label for each value")
    return pd.Series(held, index=index, dtype=held.dtype, copy=False)


def _frame_parts(frame: Any) -> Any:
    columns = [array_parts(_column(frame.iloc[:, place])) for place in range(frame.shape[1])]
    return columns, frame.columns, frame.index, dict(frame.attrs)


def _frame(parts: Any) -> Any:
    pd = pandas()
    columns, names, index, attributes = several(parts, 4)
    if not isinstance(names, pd.Index) or not isinstance(index, pd.Index):
        raise TypeError("two Indexes are due")
    if len(names) != len(a(list, columns)):
        raise ValueError(f"{len(names)} names for {len(columns)} columns")
    held = {place: _held(values, index) for place, values in enumerate(columns)}
    made = pd.DataFrame(held, index=index, copy=False)
    made.columns = names
    made.attrs = a(dict, attributes)
    return made


def _timestamp_parts(moment: Any) -> Any:
    return moment.to_datetime64(), zone_parts(moment.tzinfo)


def _timestamp(parts: Any) -> Any:
    moment, zone = several(parts, 2)
    return in_zone(pandas().Timestamp(a(np.datetime64, moment)), zone)


def _period_parts(period: Any) -> Any:
    return period.ordinal, period_parts(period)


def _period(parts: Any) -> Any:
    ordinal, frequency = exactly(parts, int, str)
    return pandas().Period(ordinal=ordinal, freq=frequency)


def _interval(parts: Any) -> Any:
    left, right, closed = several(parts, 3)
    return pandas().Interval(left, right, a(str, closed))


def _missing(name: str) -> Any:
    """Makes the only value of one of the classes for what is missing."""

    def make(parts: Any) -> Any:
        exactly(parts)
        return getattr(pandas(), name)

    return make


def _known(name: str, parts: Any, make: Any, module: str = "pandas") -> KnownType:
    return KnownType(module, name, parts, make, tag=f"pandas.{name}")


TYPES = (
    *frame_arrays.TYPES,
    *map(_indexes, ("Index", "CategoricalIndex", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex",
                    "IntervalIndex")),
    _known("RangeIndex", lambda v: (v.start, v.stop, v.step, v.name), _range_index),
    _known("MultiIndex", _multi_index_parts, _multi_index),
    _known("Series", _series_parts, _series),
    _known("DataFrame", _frame_parts, _frame),
    _known("Timestamp", _timestamp_parts, _timestamp),
    _known("Timedelta", lambda v: v.to_timedelta64(),
           lambda parts: pandas().Timedelta(a(np.timedelta64, parts))),
    _known("Period", _period_parts, _period),
    _known("Interval", lambda v: (v.left, v.right, v.closed), _interval),
    _known("NaTType", lambda _: (), _missing("NaT"), "pandas.api.typing"),
    _known("NAType", lambda _: (), _missing("NA"), "pandas.api.typing"),
)  # fmt: skip
