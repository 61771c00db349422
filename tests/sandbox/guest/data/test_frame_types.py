from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal

from grader.sandbox.guest.data import known_types
from grader.sandbox.guest.data.counted import Malformed
from tests.sandbox.guest.round_trips import Kept, arrive, round_trip

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
DAYS = pd.date_range("2026-03-28", periods=3, freq="D")

COLUMNS: dict[str, Any] = {
    "numbers": np.array([1.5, np.nan, -0.0]),
    "small numbers": np.array([1, 2, 3], "u1"),
    "truth": np.array([True, False, True]),
    "complex": np.array([1j, 2, np.nan]),
    "text": pd.array(["a", "", "é"], dtype="str"),
    "missing text": pd.array(["a", None, "c"], dtype="str"),
    "string": pd.array(["a", pd.NA, "c"], dtype="string[python]"),
    "objects": np.array(["a", 1, None], object),
    "texts as objects": np.array(["a", "b", "c"], object),
    "lists": pd.Series([[1], [], [2, 3]]).array,
    "Int64": pd.array([1, None, 3], dtype="Int64"),
    "UInt8": pd.array([1, None, 3], dtype="UInt8"),
    "Float32": pd.array([1.5, None, 3], dtype="Float32"),
    "boolean": pd.array([True, None, False], dtype="boolean"),
    "category": pd.Categorical(["b", None, "b"], categories=["b", "a"], ordered=True),
    "category of numbers": pd.Categorical([3, 1, 3]),
    "days": DAYS.array,
    "seconds": pd.array(np.array(["2026-01-01", "NaT", "1900-01-01"], "M8[s]")),
    "berlin": pd.DatetimeIndex(DAYS).tz_localize(BERLIN).array,
    "utc": pd.DatetimeIndex(DAYS).tz_localize("UTC").array,
    "differences": pd.array(np.array([1, -2, "NaT"], "m8[ms]")),
    "months": pd.PeriodIndex(["2026-01", "NaT", "2026-03"], freq="M").array,
    "intervals": pd.arrays.IntervalArray.from_breaks([0, 1, 2, 5], closed="left"),
    "intervals of days": pd.arrays.IntervalArray.from_breaks(
        pd.date_range("2026-01-01", periods=4)
    ),
    "sparse": pd.arrays.SparseArray([0, 1, 0]),
    "sparse numbers": pd.arrays.SparseArray([np.nan, 1.5, np.nan], kind="block"),
}

INDEXES = [
    pd.RangeIndex(3),
    pd.RangeIndex(6, 0, -2, name="n"),
    pd.Index([3, 1, 3], name=("a", 1)),
    pd.Index(["x", "y", "x"]),
    pd.Index(["x", 1, None], dtype=object),
    pd.Index([0.5, np.nan, 2]),
    pd.Index([1, None, 2], dtype="Int64"),
    DAYS,
    DAYS.tz_localize(BERLIN),
    DAYS[[0, 2, 1]],
    pd.timedelta_range("1h", periods=3, freq="h"),
    pd.period_range("2026-01", periods=3, freq="Q"),
    pd.interval_range(0, 3),
    pd.CategoricalIndex(["a", "b", "a"], categories=["c", "b", "a"], name="kind"),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("a", 3)], names=["letter", None]),
    pd.MultiIndex.from_product([["a"], DAYS], names=["x", "day"]),
]


def series() -> Iterator[Any]:
    for name, values in COLUMNS.items():
        dtype = object if "objects" in name else None
        yield pytest.param(pd.Series(values, name=name, dtype=dtype), id=name)


@pytest.mark.parametrize("sent", series())
def test_a_series_comes_back_as_it_was(sent: Any) -> None:
    came = round_trip(sent)
    assert_series_equal(came, sent, check_flags=True)
    assert came.dtype == sent.dtype
    assert_series_equal(round_trip(sent.iloc[:0]), sent.iloc[:0])
    assert repr(round_trip(sent.array)) == repr(sent.array)


@pytest.mark.parametrize("sent", INDEXES, ids=lambda index: f"{type(index).__name__} {index.dtype}")
def test_an_index_comes_back_as_it_was(sent: Any) -> None:
    came = round_trip(sent)
    assert_index_equal(came, sent, exact=True, check_exact=True)
    assert repr(came) == repr(sent)
    assert getattr(came, "freq", None) == getattr(sent, "freq", None)
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=sent)
    assert_frame_equal(round_trip(frame), frame)
    assert_frame_equal(round_trip(frame.T), frame.T)


def test_a_frame_comes_back_as_it_was() -> None:
    sent = pd.DataFrame({name: pd.Series(values) for name, values in COLUMNS.items()})
    sent.attrs = {"source": "sales.csv"}
    came = round_trip(sent)
    assert_frame_equal(came, sent)
    assert came.attrs == sent.attrs
    came["more"] = 1
    came.loc[0, "numbers"] = 7
    assert "more" not in sent


@pytest.mark.parametrize(
    "sent",
    [
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["a", "b"]),
        pd.DataFrame([[1, 2.5], [3, 4.5]], columns=["a", "a"]),
        pd.DataFrame({"a": [1, 2]}, index=["x", "x"]),
        pd.DataFrame({("a", "x"): [1], ("a", "y"): [2]}),
        pd.DataFrame({1: [None, {"a": 1}], "b": [2**80, 3]}, dtype=object),
        pd.DataFrame({"a": [1, 1], "b": [1, 2]}).groupby("a").agg(["sum", "mean"]),
        pd.DataFrame({"a": list("xyx"), "b": [1, 2, 3]}).groupby("a")["b"].describe(),
        pd.DataFrame({"a": list("xyx"), "b": [1, 2, 3]}).pivot_table(index="a", values="b"),
    ],
)
def test_frames_of_any_form_come_back(sent: Any) -> None:
    assert_frame_equal(round_trip(sent), sent)


@pytest.mark.parametrize(
    "sent",
    [
        pd.Timestamp("2026-01-02 03:04:05.123456789"),
        pd.Timestamp("2026-01-02").as_unit("s"),
        pd.Timestamp("2026-10-25 00:30", tz="UTC").tz_convert(BERLIN),
        pd.Timestamp("2026-01-02", tz=datetime.UTC),
        pd.Timedelta("1 days 00:00:01"),
        pd.Timedelta(-1, "s").as_unit("ms"),
        pd.Period("2026-01", freq="M"),
        pd.Period("2026-01-02 03", freq="h"),
        pd.Interval(0, 1.5, closed="both"),
        pd.Interval(pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-02")),
        pd.Int64Dtype(),
        pd.StringDtype("python"),
        pd.DatetimeTZDtype(tz="UTC"),
        pd.PeriodDtype("M"),
        pd.CategoricalDtype(["a", "b"], ordered=True),
        pd.CategoricalDtype(),
    ],
    ids=repr,
)
def test_single_values_come_back_as_they_were(sent: Any) -> None:
    came = round_trip(sent)
    assert type(came) is type(sent)
    assert came == sent
    assert repr(came) == repr(sent)
    assert getattr(came, "unit", None) == getattr(sent, "unit", None)


def test_what_is_missing_is_what_pandas_has() -> None:
    assert round_trip([pd.NaT, pd.NA])[0] is pd.NaT
    assert round_trip([pd.NaT, pd.NA])[1] is pd.NA


class Sales(pd.DataFrame):
    """A class of the student's."""


class Zone(datetime.tzinfo):
    """A zone of the student's."""

    def utcoffset(self, _: Any) -> Any:
        """Nothing."""
        return datetime.timedelta(0)


FRAME = pd.DataFrame({"a": [1, 2, 1], "b": [1, 2, 3]})


@pytest.mark.parametrize(
    "value",
    [
        Sales(FRAME),
        FRAME.groupby("a"),
        FRAME.rolling(2),
        FRAME.loc,
        pd.DataFrame({"a": pd.DatetimeIndex(DAYS).tz_localize(Zone())}),
        pd.DataFrame,
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_types_stay_where_they_are(value: Any) -> None:
    assert isinstance(round_trip(value), Kept)


@pytest.mark.parametrize("kind", [pd.DataFrame, pd.Series])
def test_a_frame_is_changed_in_place(kind: Any) -> None:
    old, new = kind({"a": [1, 2]}), kind({"a": [1, 3], "b": [2, 2]})
    alias = old
    assert known_types.update(old, new)
    assert alias.equals(new)
    assert not known_types.update(old, [1])


TWO, NAMES = np.zeros(2), pd.Index(["a"])


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("pandas.Index", (TWO, None)),
        ("pandas.Index", (TWO, [], None)),
        ("pandas.Index", (3, None, None)),
        ("pandas.Index", (np.zeros(2, "M8[ns]"), None, None)),
        ("pandas.Index", (np.zeros((2, 2)), None, None)),
        ("pandas.Index", (("open", "x"), None, None)),
        ("pandas.DatetimeIndex", (("DatetimeArray", TWO, None), None, None)),
        ("pandas.DatetimeIndex", (("DatetimeArray", np.zeros(2, "M8[ns]"), "UTC"), None, None)),
        ("pandas.DatetimeIndex", (("DatetimeArray", np.zeros(2, "M8[ns]"), None), None, "D")),
        ("pandas.RangeIndex", (0, 1, 0, None)),
        ("pandas.RangeIndex", (0, 1.5, 1, None)),
        ("pandas.MultiIndex", ([NAMES], [np.array([1])], [None], None)),
        ("pandas.MultiIndex", ([NAMES], [np.array([-9])], [None], None)),
        ("pandas.MultiIndex", ([["a"]], [np.array([0])], [None], None)),
        ("pandas.MultiIndex", ([pd.RangeIndex(20_000)], [np.array([0])], [None], None)),
        ("pandas.Series", (TWO, NAMES, None, {})),
        ("pandas.Series", (TWO, [0, 1], None, {})),
        ("pandas.Series", (TWO, pd.RangeIndex(2), [], {})),
        ("pandas.Series", (TWO, pd.RangeIndex(2), None, [])),
        ("pandas.DataFrame", ([TWO], NAMES, NAMES, {})),
        ("pandas.DataFrame", ([TWO, TWO], NAMES, pd.RangeIndex(2), {})),
        ("pandas.DataFrame", (TWO, NAMES, pd.RangeIndex(2), {})),
        ("pandas.IntegerArray", ("IntegerArray", TWO, np.zeros(2, bool))),
        ("pandas.IntegerArray", ("IntegerArray", np.zeros(2, "i8"), np.zeros(3, bool))),
        ("pandas.StringArray", ("StringArray", "python", True, [1], np.zeros(1, bool))),
        ("pandas.StringArray", ("StringArray", "disk", True, ["a"], np.zeros(1, bool))),
        ("pandas.StringArray", ("StringArray", "python", True, ["a"], np.zeros(2, bool))),
        ("pandas.Categorical", ("Categorical", np.array([2], "i1"), NAMES, False)),
        ("pandas.Categorical", ("Categorical", np.array([-2], "i1"), NAMES, False)),
        ("pandas.Categorical", ("Categorical", np.array([0], "i1"), ["a"], False)),
        ("pandas.PeriodArray", ("PeriodArray", np.array([0]), "fortnight")),
        ("pandas.IntervalArray", ("IntervalArray", pd.Index([2]), pd.Index([1]), "left")),
        ("pandas.IntervalArray", ("IntervalArray", [1], [2], "left")),
        ("pandas.SparseArray", ("SparseArray", TWO, [], "integer")),
        ("pandas.Timestamp", (3, None)),
        ("pandas.Timedelta", 3),
        ("pandas.Period", ("now", "M")),
        ("pandas.Interval", (2, 1, "left")),
        ("pandas.NaTType", 3),
        ("pandas.Int64Dtype", "open"),
        ("pandas.CategoricalDtype", (["a"], True)),
    ],
)
def test_what_is_none_is_refused(tag: str, parts: Any) -> None:
    with pytest.raises(Malformed):
        arrive(tag, parts)
