from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest

from grader.examiner.evidence.summaries import TEXT, digest, summary
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.shared import Shared


def summarised(value: Any, shared: Shared | None = None) -> Any:
    encoder = Encoder(lambda *_: {}, shared, numbered=shared is not None)
    encoded = encoder.encode(value)
    shown = summary(encoded, encoder.buffers)
    json.dumps(shown)
    return shown


def test_arrays_are_told_by_type_shape_and_a_few_numbers() -> None:
    shown = summarised(np.arange(12.0).reshape(3, 4))
    assert len(shown.pop("sha256")) == 16
    assert shown == {
        "array": "float64",
        "shape": [3, 4],
        "first": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        "least": 0.0,
        "most": 11.0,
    }
    whole = np.arange(4)
    assert summarised(whole[1:3], Shared(1)) == summarised(np.array([1, 2]))
    assert summarised([whole, whole[1:3]], Shared(0))["list"][1] == {"as before": 0}
    assert summarised(np.array([np.nan, 1j]))["first"][0] == "(nan+0j)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (2**60, {"int": str(2**60)}),
        (float("nan"), {"float": "nan"}),
        ("text", "text"),
        (np.float32(0.5), {"scalar": "float32", "value": 0.5}),
        ([1, (2,)], {"list": [1, {"tuple": [2]}]}),
        ({"a": [1]}, {"dict": [["a", {"list": [1]}]]}),
        (Counter("aa"), {"Counter": {"dict": [["a", 2]]}}),
        (np.array("text")[()], "text"),
    ],
)
def test_plain_values_are_told_as_they_are(value: Any, shown: Any) -> None:
    assert summarised(value) == shown


def test_large_values_are_cut() -> None:
    assert summarised(list(range(100)))["more"] == 88
    assert len(summarised("x" * 10 * TEXT)) < 2 * TEXT
    nested: Any = 0
    for _ in range(40):
        nested = [nested] * 12 if _ < 3 else [nested]
    assert len(json.dumps(summarised(nested))) < 20_000


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"list": 3},
        {"dict": [3]},
        {"array": [0], "dtype": "f8", "shape": [2]},
        {"array": [9], "dtype": "O", "shape": [1]},
        {"model": 1, "parts": 3},
        {"other": 3},
        [],
        7,
    ],
)
def test_what_a_hostile_kernel_says_is_told_as_unreadable(said: Any) -> None:
    assert "unreadable" in summary(said, [b"1"])


def test_a_digest_is_of_what_was_said_and_not_of_what_differs_each_time() -> None:
    def of(value: Any, *buffers: bytes) -> str:
        return digest({"value": value}, buffers)

    assert of({"int": 1}) != of({"int": 2})
    assert of({"array": [0]}, b"a") != of({"array": [0]}, b"b")
    assert of({"handle": 1, "type": "f"}) == of({"handle": 2, "type": "f"})
    assert of({"set": ["a", "b"]}) == of({"set": ["b", "a"]})
    assert of({"list": ["a", "b"]}) != of({"list": ["b", "a"]})
    assert of("<f at 0x7f00aa11bb22>") == of("<f at 0x7f11cc22dd33>")


def test_a_digest_is_there_whatever_is_nested() -> None:
    nested: Any = {"set": []}
    for _ in range(100_000):
        nested = [nested]
    assert digest({"value": nested}, ()) == digest({"value": nested}, ())


def test_a_tests_folder_is_no_part_of_a_digest() -> None:
    first = {
        "text": "/tmp/grader-judge-12-abcdefgh/grader-claims-13-0123abcd/tmp/tmpabcd1234/a.csv"
    }
    again = {
        "text": "/tmp/grader-judge-345-hgfedcba/grader-claims-3456-x_23abcd/tmp/tmp1234abcd/a.csv"
    }
    other = {"text": first["text"].replace("a.csv", "b.csv")}
    assert digest(first, []) == digest(again, []) != digest(other, [])


@pytest.mark.parametrize("text", ["x", "/", "/tmp/", "/tmp/grader-judge-1", "tmp/tmp", "/a"])
def test_a_long_text_is_searched_once(text: str) -> None:
    assert digest({"printed": text * (1_000_000 // len(text))}, [])


def test_which_values_both_sides_hold_is_no_part_of_an_answer() -> None:
    held = {"value": {"list": [{"int": 1}], "as": 5}, "kept": [5], "dropped": [3]}
    assert digest(held, []) == digest({"value": {"list": [{"int": 1}]}}, [])
    assert digest(held, []) != digest({"value": {"list": [{"int": 2}]}}, [])
