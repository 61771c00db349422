"""Values that travel come back as they were, and what is no plain data is referred to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.encoder import Encoder
from tests.sandbox.guest.data.travel import Reference, decode, refer, round_trip, same


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        2**52,
        2**53 + 1,
        -(2**3999),
        0.0,
        -0.0,
        0.1,
        5e-324,
        math.inf,
        -math.inf,
        math.nan,
        "",
        "naïve \0 \U0001f600",
        "\ud800 alone",
        b"",
        b"\0\xff",
        [],
        (),
        set(),
        frozenset({1}),
        {},
        {(1, 2): [3.5, {"a": None}], True: b"x", np.float32(2): 1},
        [[1, (2, {3})], "int", {"int": 1}],
        np.array(True),
        np.array([], "f4"),
        np.empty((3, 0, 2), "u1"),
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.array([1 + 2j, np.nan], "c8"),
        np.array([np.nan, np.inf, -0.0], "f2"),
        np.float64(0.5),
        np.bool_(True),
        np.uint64(2**64 - 1),
        np.complex128(1j),
        np.array(["", "naïve", "\U0001f600"]),
        np.array(["a"], ">U3"),
        np.array([b"", b"a\0b"]),
        np.array(["2020-02-29", "NaT"], "M8[D]"),
        np.timedelta64(90, "m"),
    ],
    ids=lambda value: repr(value)[:30].encode("ascii", "replace").decode(),
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert same(round_trip(value), value)


def drawn(rng: np.random.Generator, depth: int = 0) -> Any:
    """A value of any kind, nested up to four deep."""
    match rng.integers(0, 9 if depth < 4 else 5):
        case 0:
            return int(rng.integers(-(2**62), 2**62)) ** int(rng.integers(1, 20))
        case 1:
            return float(rng.normal()) * 10.0 ** int(rng.integers(-300, 300))
        case 2:
            return "".join(map(chr, rng.integers(0, 0x10FFFF, rng.integers(0, 9))))
        case 3:
            return rng.bytes(rng.integers(0, 50))
        case 4:
            shape = rng.integers(0, 4, rng.integers(0, 5))
            kinds = ["?", "i1", "<u2", ">i8", "f2", ">f4", "f8", "c16", "g"]
            return rng.integers(0, 200, shape).astype(str(rng.choice(kinds)))
        case 5:
            return [drawn(rng, depth + 1) for _ in range(rng.integers(0, 5))]
        case 6:
            return tuple(drawn(rng, depth + 1) for _ in range(rng.integers(0, 5)))
        case 7:
            return {int(key): drawn(rng, depth + 1) for key in rng.integers(0, 99, 4)}
        case _:
            return {float(number) for number in rng.normal(size=3)}


@pytest.mark.parametrize("seed", range(20))
def test_drawn_values_come_back_as_they_were(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(20):
        value = drawn(rng)
        assert same(round_trip(value), value)


def test_what_comes_back_is_a_copy_that_can_be_changed() -> None:
    array = np.zeros(3)
    back = round_trip(array)
    back += 1
    assert array.tolist() == [0, 0, 0]
    assert back.flags.owndata


def test_views_are_sent_as_they_look() -> None:
    array = np.arange(24).reshape(4, 6)[::2, ::-3].T
    assert same(round_trip(array), array.copy())
    assert round_trip(np.broadcast_to(np.float32(3), (2, 2))).tolist() == [[3, 3], [3, 3]]


def test_large_data_goes_in_parts_that_a_client_accepts() -> None:
    encoder = Encoder(refer)
    array = np.arange(3 << 20, dtype=np.float64)
    encoded = encoder.encode(array)
    assert [len(buffer) for buffer in encoder.buffers] == [8 << 20] * 3
    assert np.array_equal(decode(encoded, *encoder.buffers), array)


def test_an_array_of_text_holds_characters() -> None:
    with pytest.raises(Malformed, match="no character"):
        decode({"array": [0], "dtype": "<U1", "shape": [1]}, b"\xff" * 4)


def test_a_masked_array_comes_back_with_its_mask() -> None:
    sent = np.ma.masked_array([[1.5, 2.0], [3.0, 4.0]], mask=[[0, 1], [0, 0]], fill_value=-1)
    came = round_trip(sent)
    assert type(came) is np.ma.MaskedArray
    assert came.tolist() == [[1.5, None], [3.0, 4.0]]
    assert came.fill_value == -1
    assert round_trip(np.ma.masked_array([1, 2])).tolist() == [1, 2]


@pytest.mark.parametrize("parts", [
    [], (1, 2, 3), (np.zeros(2), np.zeros(2), 0), (np.zeros(2), np.zeros(3, bool), 0),
])  # fmt: skip
def test_what_is_no_masked_array_is_refused(parts: Any) -> None:
    encoder = Encoder(refer)
    with pytest.raises(Malformed):
        decode({"masked": encoder.encode(parts)}, *encoder.buffers)


def test_numpys_text_becomes_pythons() -> None:
    assert same(round_trip(np.str_("acc")), "acc")


def test_what_is_no_plain_data_is_referred_to() -> None:
    assert round_trip([Reference()]) == [("reference", [1, 2])]


class Impostor(int):
    """No plain int."""


class ArrayImpostor(np.ndarray):
    """No plain array."""


@pytest.mark.parametrize(
    "value",
    [
        Impostor(3),
        type("Text", (str,), {})("x"),
        type("Numbers", (list,), {})([1]),
        type("Table", (dict,), {})(),
        np.zeros(2).view(ArrayImpostor),
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_or_another_dtype_is_no_plain_data(value: Any) -> None:
    with pytest.raises(TypeError, match="is no plain data"):
        Encoder(refer).encode(value)


def test_a_bool_is_never_neither() -> None:
    back = decode({"array": [0], "dtype": "|b1", "shape": [8]}, bytes([0, 1, 2, 255, 128, 0, 0, 1]))
    assert back.tobytes() == bytes([0, 1, 1, 1, 1, 0, 0, 1])


def test_an_empty_array_needs_no_buffer_and_has_its_shape() -> None:
    assert decode({"array": [], "dtype": "f4", "shape": [0, 7]}).shape == (0, 7)


def test_a_tag_of_another_name_is_a_reference() -> None:
    assert decode({"model": {"list": [{"int": 3}]}}) == ("model", [3])
