from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.protocol import MAX_BYTES
from tests.sandbox.guest.round_trips import Kept, arrive, round_trip

PEOPLE = np.dtype([("name", "U5"), ("n", "<i4"), ("at", [("x", "f8"), ("y", "f8", (2, 2))])])
RECORDS = np.zeros(3, PEOPLE)
RECORDS["name"] = ["Ada", "", "Émil"]
RECORDS["at"]["y"][1] = [[1, 2], [3, np.inf]]


@pytest.mark.parametrize(
    "value",
    [
        RECORDS,
        RECORDS.reshape(3, 1),
        RECORDS[["n", "at"]],
        RECORDS[:0],
        np.zeros((), PEOPLE),
        np.zeros(2, np.dtype([("a", "u1"), ("b", "f8")], align=True)),
        np.zeros(2, [("a", ">i2"), ("b", "?"), ("c", "M8[D]")]),
        np.array([(1, [2, "x"]), (3, None)], [("a", "i4"), ("b", "O")]),
        RECORDS.view(np.recarray),
        RECORDS[1],
        RECORDS.view(np.recarray)[1],
        np.array([None, "a", 1, [2, 3], (4,)], object),
        np.array([["a", 1.5], [True, 2**100]], object),
        np.array([], object),
        np.array([["a", ""], ["Émil" * 9, "b"]], np.dtypes.StringDType()),
        np.dtypes.StringDType(),
        np.array({"a": 1}, object),
        np.asarray([[1, 2], [3, 4]]).view(np.matrix),
        np.ma.array([1.5, 2.5], mask=[True, False], fill_value=-1),
        np.ma.array(RECORDS, mask=[(True, False, (False, [[True] * 2] * 2))] * 3),
        np.dtype("<f4"),
        np.dtype(">u2"),
        np.dtype("U7"),
        np.dtype(object),
        PEOPLE,
    ],
    ids=lambda value: f"{type(value).__name__} {value!r}"[:40].encode("ascii", "replace").decode(),
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    came = round_trip(value)
    assert type(came) is type(value)
    assert repr(came) == repr(value)
    if hasattr(value, "dtype"):
        assert came.dtype == value.dtype


@pytest.mark.parametrize("kind", ["plain", "fields", "objects", "recarray"])
def test_a_read_only_array_is_read_only(kind: str) -> None:
    array = {
        "plain": np.zeros(3),
        "fields": RECORDS.copy(),
        "objects": np.array([None, 1], object),
        "recarray": RECORDS.view(np.recarray).copy(),
    }[kind]
    assert round_trip([array])[0].flags.writeable
    array.flags.writeable = False
    assert not round_trip([array])[0].flags.writeable


def test_what_a_masked_array_is_made_of_can_be_changed() -> None:
    array = np.ma.array(np.broadcast_to(1.0, 3), mask=[True, False, False])
    came = round_trip(array)
    came[1] = 7
    assert came.tolist() == [None, 7, 1]


def test_every_copy_can_be_changed() -> None:
    came = round_trip(RECORDS)
    came["n"][0] = 7
    assert (came["n"][0], RECORDS["n"][0]) == (7, 0)


@pytest.mark.parametrize("value", [
    np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(24).reshape(2, 3, 4).T,
    np.arange(6).reshape(2, 3), np.arange(6)[::2], np.asfortranarray([["a", "bc"], ["", "d"]]),
])  # fmt: skip
def test_memory_is_laid_out_as_it_was(value: Any) -> None:
    came = round_trip(value)
    assert np.array_equal(came, value)
    columns = value.flags.f_contiguous and not value.flags.c_contiguous
    assert came.flags.f_contiguous >= columns
    assert came.flags.c_contiguous == (not columns)


def test_the_masked_constant_is_the_one_that_numpy_has() -> None:
    assert round_trip([np.ma.masked])[0] is np.ma.masked


@pytest.mark.parametrize("kind", [np.float32, np.bool_, np.integer, np.str_, np.datetime64])
def test_numpys_scalar_types_are_themselves(kind: type) -> None:
    assert round_trip(kind) is kind


class Points(np.recarray):
    """A class of the student's."""


@pytest.mark.parametrize(
    "value",
    [
        RECORDS.view(Points),
        np.void(b"abc"),
        np.zeros(2, "V3"),
        np.zeros(2, [(("a title", "x"), "f8")]),
        type("float32", (np.float32,), {}),
        np.ndarray,
    ],
)
def test_other_types_stay_where_they_are(value: Any) -> None:
    assert isinstance(round_trip(value), Kept)


def test_what_an_array_holds_may_stay_where_it_is() -> None:
    came = round_trip(np.array([1, object()], object))
    assert (came[0], came[1].kind) == (1, "object")


N = np.zeros(2, "i4")
ONE = [("n", "<i4", 0)]


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("ndarray", 3),
        ("ndarray", ("object", (3,), [1, 2], True)),
        ("ndarray", ("object", (-1,), [], True)),
        ("ndarray", ("object", (10**30,), [], True)),
        ("ndarray", ("object", (10**12, 0), [], True)),
        ("ndarray", ("O", (2,), [1, 2], True)),
        ("ndarray", ("text", (2,), ["a", 2], True)),
        ("ndarray", ("<f8", (2,), [N], True)),
        ("ndarray", (("fields", ONE, 4, False), (2,), [], True)),
        ("ndarray", (("fields", ONE, 4, False), (3,), [N], True)),
        ("ndarray", (("fields", ONE, 4, False), (2,), [N.astype("i8")], True)),
        ("ndarray", (("fields", ONE, 4, False), (2,), [[1, 2]], True)),
        ("ndarray", (("fields", ONE, 3, False), (2,), [N], True)),
        ("ndarray", (("fields", ONE, 1 << 40, False), (2,), [N], True)),
        ("ndarray", (("fields", [("n", "<i4", -4)], 4, False), (2,), [N], True)),
        ("ndarray", (("fields", [("n", "O", 0)], 8, False), (2,), [N], True)),
        (
            "ndarray",
            (("fields", [("n", "object", 1), ("m", "object", 2)], 16, False), (0,), [], True),
        ),
        ("ndarray", (("fields", [], 1 << 20, False), (MAX_BYTES,), [], True)),
        ("ndarray", ("object", (1,), [1])),
        ("ndarray", ("object", (1,), [1], 1)),
        ("dtype", ("sub", "<f8", (10**9, 10**9))),
        ("dtype", ("sub", "<f8", (1 << 20,))),
        ("dtype", "O8"),
        ("dtype", "S0"),
        ("dtype", 3),
        ("recarray", N),
        ("void", N),
        ("void", RECORDS),
        ("record", np.float64(3)),
        ("matrix", N),
        ("matrix", [[1]]),
        ("MaskedConstant", 0),
        ("numpy.type", "ndarray"),
        ("numpy.type", "load"),
        ("numpy.type", 3),
    ],
)
def test_what_is_none_is_refused(tag: str, parts: Any) -> None:
    with pytest.raises(Malformed):
        arrive(tag, parts)
