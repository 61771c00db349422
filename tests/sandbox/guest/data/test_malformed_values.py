"""What is no value, or too much of one, is refused before it costs memory or time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest import protocol
from grader.sandbox.guest.data import array_bytes, arrays, decoder, encoder
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.encoder import Encoder
from tests.sandbox.guest.data.travel import decode, refer


def test_a_view_that_claims_terabytes_is_refused_before_it_is_copied() -> None:
    with pytest.raises(Malformed, match=f"an array of {2**42} bytes; at most"):
        Encoder(refer).encode(np.broadcast_to(np.uint8(1), (2**21, 2**21)))


def test_many_views_of_one_array_are_refused_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MAX_BYTES", 1 << 20)
    views = [np.broadcast_to(np.uint8(1), (1 << 18,)) for _ in range(5)]
    with pytest.raises(Malformed, match="bytes in one value"):
        Encoder(refer).encode(views)


def test_endless_values_are_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    wide: Any = [[[[[[[0] * 10] * 10] * 10] * 10] * 10] * 10] * 10
    for endless in (loop, wide):
        with pytest.raises(Malformed, match="too many parts, or nested too deep"):
            Encoder(refer).encode(endless)


def test_a_loop_through_references_is_refused() -> None:
    def endless(value: Any, encoder: Encoder) -> dict[str, Any]:
        return {"reference": encoder.encode([value])}

    with pytest.raises(Malformed, match="nested too deep"):
        Encoder(endless).encode(object())


def test_an_integer_of_millions_of_digits_is_refused() -> None:
    with pytest.raises(Malformed, match="an integer of 4001 bits"):
        Encoder(refer).encode(2**4000)


EIGHT = bytes(8)


def nested(tag: str, depth: int) -> Any:
    value: Any = None
    for _ in range(depth):
        value = {tag: [value]}
    return value


@pytest.mark.parametrize(
    "encoded",
    [
        1,
        0.5,
        [],
        [1],
        {},
        {"int": True},
        {"int": 1.5},
        {"int": None},
        {"int": "0x" + "f" * 2000},
        {"int": "zz"},
        {"float": "one"},
        {"float": []},
        {"float": 10**400},
        {"bytes": [0], "size": 9},
        {"bytes": [0], "size": "8"},
        {"bytes": [0]},
        {"bytes": [-1], "size": 8},
        {"bytes": [True], "size": 8},
        {"bytes": [1], "size": 8},
        {"bytes": 0, "size": 8},
        {"bytes": "0", "size": 8},
        {"list": "ab"},
        {"list": {"a": 1}},
        {"tuple": None},
        {"list": [1]},
        {"set": [{"list": []}]},
        {"dict": {"ab": 1}},
        {"dict": ["ab"]},
        {"dict": [["a"]]},
        {"dict": [["a", None, None]]},
        {"dict": [[{"list": []}, None]]},
        {"dict": [[{"array": [0], "dtype": "f8", "shape": [1]}, None]]},
        {"reference": 1},
        nested("list", 65),
        nested("tuple", 300),
        {"array": [0], "dtype": "f8"},
        {"array": [0], "shape": [1]},
        {"array": [0], "dtype": "f8", "shape": 1},
        {"array": [], "dtype": "f8", "shape": [10**12, 0]},
        {"array": [0], "dtype": "f8", "shape": [2]},
        {"array": [0, 0], "dtype": "f8", "shape": [1]},
        {"array": [], "dtype": "f8", "shape": [1]},
        {"array": [], "dtype": "f8", "shape": [2**39]},
        {"array": [0], "dtype": "u1", "shape": [2**21, 2**21]},
        {"array": [0], "dtype": "u1", "shape": [2**32, 2**32]},
        {"array": [0], "dtype": "u1", "shape": [10**1000]},
        {"array": [0], "dtype": "f8", "shape": [-1]},
        {"array": [0], "dtype": "f8", "shape": [-1, -1]},
        {"array": [0], "dtype": "f8", "shape": [1.0]},
        {"array": [0], "dtype": "f8", "shape": [True]},
        {"array": [0], "dtype": "f8", "shape": [None]},
        {"array": [0], "dtype": "f8", "shape": [1] * 65},
        {"array": [], "dtype": "f8", "shape": [0, 2**63]},
        {"array": [], "dtype": "f8", "shape": [0, 2**62, 2**62]},
        *(
            {"array": [0], "dtype": dtype, "shape": [1]}
            for dtype in (
                *(
                    "O",
                    "O8",
                    "V8",
                    "S0",
                    "U0",
                    "S7",
                    "U3",
                    "M8[parsec]",
                    "m4",
                    "T",
                    "f8,",
                    "i4,i4",
                    "(1,)f8",
                    "f7",
                ),
                *("b9", "float64", "", "(" * 10_000, "f8" * 5000, "f8\n", " f8", "🦆8"),
                *(None, 8, ["f8"], [["a", "f8"]], {"names": ["a"], "formats": ["f8"]}),
            )
        ),
    ],
    ids=lambda encoded: repr(encoded)[:60].encode("ascii", "replace").decode(),
)
def test_what_is_no_value_is_refused(encoded: Any) -> None:
    with pytest.raises(Malformed):
        decode(encoded, EIGHT)


def test_the_refused_says_what_came() -> None:
    with pytest.raises(Malformed, match="8 bytes came where 4398046511104 were announced"):
        decode({"array": [0], "dtype": "u1", "shape": [2**21, 2**21]}, EIGHT)
    with pytest.raises(Malformed, match=r"an array of dtype 'O'"):
        decode({"array": [0], "dtype": "O", "shape": [1]}, EIGHT)


def test_one_buffer_named_many_times_makes_no_terabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (array_bytes, arrays, decoder):
        monkeypatch.setattr(module, "MAX_BYTES", 1 << 20)
    buffer = bytes(1 << 16)
    places = [0] * 10_000
    with pytest.raises(Malformed, match="bytes in one value"):
        decode({"array": places, "dtype": "u1", "shape": [len(places) << 16]}, buffer)
    one = {"array": [0], "dtype": "u1", "shape": [1 << 16]}
    with pytest.raises(Malformed, match="bytes in one value"):
        decode({"list": [one] * 100}, buffer)


def test_a_million_parts_are_refused() -> None:
    with pytest.raises(Malformed, match="too many parts"):
        decode({"list": [None] * protocol.MAX_NODES})


@pytest.mark.lengthy
@pytest.mark.parametrize("tag", ["set", "frozenset", "dict"])
def test_keys_that_collide_cost_no_minutes(tag: str) -> None:
    keys = [{"int": hex((2**61 - 1) * number)} for number in range(30_000)]
    content = [[key, None] for key in keys] if tag == "dict" else keys
    begin = time.process_time()
    with pytest.raises(Malformed, match="of more than 10000 keys"):
        decode({tag: content})
    parts = [{tag: content[i : i + 200]} for i in range(0, len(content), 200)]
    with pytest.raises(Malformed, match="of more than 10000 keys"):
        decode({"list": parts})
    assert time.process_time() - begin < 5
