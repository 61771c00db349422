from __future__ import annotations

import array
import datetime
import json
import math
import pathlib
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.known_types import parts_of
from grader.sandbox.guest.data.standard_types import TYPES
from grader.sandbox.guest.protocol import MAX_NODES

DAY = datetime.datetime(2026, 2, 28, 23, 59, 1, 5)
VALUES = [
    1 + 2j,
    complex(-0.0, math.inf),
    bytearray(b"\0a"),
    range(5),
    range(9, -3, -2),
    slice(1, None, 2),
    Counter("banana"),
    Counter(),
    OrderedDict([("b", 1), ("a", [2])]),
    deque([1, 2]),
    deque([1, 2], maxlen=2),
    defaultdict(list, {"a": [1]}),
    defaultdict(None, {1: 2}),
    datetime.date(1, 1, 1),
    DAY,
    DAY.replace(tzinfo=datetime.UTC, fold=1),
    DAY.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-3), "BRT")),
    DAY.replace(tzinfo=ZoneInfo("Europe/Berlin")),
    datetime.time(1, 2, 3, 4, tzinfo=datetime.UTC),
    datetime.timedelta(-1, 5, 7),
    datetime.timezone(datetime.timedelta(hours=2)),
    ZoneInfo("America/Sao_Paulo"),
    Decimal("0.10"),
    Decimal("-1E+9999"),
    Decimal("-Infinity"),
    Fraction(-2, 6),
    uuid.UUID(int=2**128 - 1),
    pathlib.Path("a") / "b",
    pathlib.PurePosixPath("/"),
    pathlib.PureWindowsPath("C:\\a"),
    array.array("d", [1.5, -2]),
    array.array("B"),
    types.SimpleNamespace(a=1, b=[2]),
    int,
    list,
    ValueError,
    ...,
    NotImplemented,
    {Decimal("1.5"): [Fraction(1, 3), (datetime.date(2026, 1, 2), {Fraction(2)})]},
]


def refer(value: Any, _: Encoder) -> dict[str, Any]:
    return {"handle": type(value).__name__}


def resolve(tag: str, encoded: dict[str, Any], _: Decoder) -> Any:
    assert tag == "handle"
    return lambda: encoded["handle"]


def round_trip(value: Any) -> Any:
    encoder = Encoder(refer)
    text = json.dumps(encoder.encode(value), allow_nan=False)
    return Decoder(encoder.buffers, resolve).decode(json.loads(text))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__} {value}"[:40])
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    came = round_trip(value)
    assert type(came) is type(value)
    assert repr(came) == repr(value)
    assert came == value


def test_every_type_is_tried() -> None:
    tried = {type(value).__name__ for value in VALUES}
    assert {known.called or known.name for known in TYPES} <= tried


def test_a_decimal_that_is_no_number_comes_back() -> None:
    assert [str(round_trip(Decimal(text))) for text in ("NaN", "-sNaN12")] == ["NaN", "-sNaN12"]


def test_a_default_dict_makes_what_is_missing() -> None:
    assert round_trip(defaultdict(list))["new"] == []
    assert round_trip(defaultdict(lambda: 3))["new"] == "function"


class Tally(Counter[str]):
    """A class of the student's."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Zone(datetime.tzinfo):
    """Another."""


@pytest.mark.parametrize(
    "value",
    [
        Tally("aa"),
        type("Decimal", (Decimal,), {})("1"),
        type("date", (datetime.date,), {})(2026, 1, 2),
        type("Counter", (), {})(),
        DAY.replace(tzinfo=Zone()),
        range(MAX_NODES + 1),
        range(10**30),
        Counter,
        type("ValueError", (ValueError,), {}),
        type,
        KeyboardInterrupt,
        len,
        type("Path", (pathlib.PurePosixPath,), {})("a"),
        array.array("u", "a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_types_stay_where_they_are(value: Any) -> None:
    assert parts_of(value) is None
    assert callable(round_trip(value))


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("complex", (1, 2.0)),
        ("complex", "1j"),
        ("bytearray", 10**9),
        ("range", (0, 10**7, 1)),
        ("range", (0, 10**30, 1)),
        ("range", (0, 1, 0)),
        ("range", (0, True, 1)),
        ("slice", (1, 2)),
        ("Counter", [1, 2]),
        ("OrderedDict", 3),
        ("deque", ([1], -1)),
        ("deque", ([1], True)),
        ("deque", ("ab", None)),
        ("deque", [1]),
        ("defaultdict", ({}, "open")),
        ("defaultdict", ({}, 3)),
        ("defaultdict", ([], None)),
        ("date", (2026, 2, 30)),
        ("date", (2026, 2)),
        ("date", (10**30, 2, 1)),
        ("datetime", (2026, 2, 30, 0, 0, 0, 0, 0, None)),
        ("datetime", (2026, 2, 3, 0, 0, 0, 0, 2, None)),
        ("datetime", (2026, 2, 3, 0, 0, 0, 0, 0, "UTC")),
        ("datetime", "2026-02-03"),
        ("time", (25, 0, 0, 0, 0, None)),
        ("time", (1, 0, 0.0, 0, 0, None)),
        ("timedelta", (10**12, 0, 0)),
        ("timedelta", (0.5, 0, 0)),
        ("timezone", (datetime.timedelta(days=2),)),
        ("timezone", "UTC"),
        ("ZoneInfo", "../../etc/passwd"),
        ("ZoneInfo", "/etc/localtime"),
        ("ZoneInfo", "Nowhere/Town"),
        ("ZoneInfo", "Europe"),
        ("ZoneInfo", 1),
        ("Decimal", "1E99999"),
        ("Decimal", "1" * 2000),
        ("Decimal", "one"),
        ("Decimal", "1_0"),
        ("Decimal", 1),
        ("Fraction", (1, 0)),
        ("Fraction", (1, -2)),
        ("Fraction", (1.0, 2)),
        ("UUID", -1),
        ("UUID", 2**128),
        ("UUID", "0"),
        ("PosixPath", 1),
        ("PosixPath", ("a", "b")),
        ("array.array", ("i", b"123")),
        ("array.array", ("u", b"1234")),
        ("array.array", ("ii", b"")),
        ("array.array", 3),
        ("SimpleNamespace", [1]),
        ("SimpleNamespace", {1: 2}),
        ("type", "type"),
        ("type", "print"),
        ("type", "SystemExit"),
        ("EllipsisType", 1),
    ],
)
def test_what_is_none_is_refused(tag: str, parts: Any) -> None:
    encoder = Encoder(refer)
    content = encoder.encode(parts)
    with pytest.raises(Malformed):
        Decoder(encoder.buffers, resolve).decode({tag: content})
