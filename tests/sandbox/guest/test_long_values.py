"""Long lists and texts, large arrays, many keys: what travels, and what is refused by its size."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from grader.sandbox.guest import long_text, protocol
from grader.sandbox.guest.data import counted
from grader.sandbox.guest.data.counted import Malformed, Unsendable
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import CHUNK, MAX_ITEMS, MAX_KEYS, MAX_TEXT
from tests.sandbox.guest.round_trips import arrive, refer, resolve, round_trip

MANY = protocol.PACKED_FROM


@pytest.mark.parametrize(
    "sent",
    [
        [0.5] * MANY + [-0.0, float("inf")],
        list(range(-MANY, MANY)),
        [True, False] * MANY,
        ["a", "", "naïve \U0001f600", "\ud800"] * MANY,
        tuple(range(MANY)),
        [1, 2.0] * MANY,
        [2**70] * MANY,
        [np.float64(1)] * MANY,
        [[1] * MANY] * 3,
        [None] * MANY,
    ],
    ids=lambda sent: f"{type(sent[0]).__name__}",
)
def test_a_long_list_comes_back_as_it_was(sent: Any) -> None:
    came = round_trip(sent)
    assert (type(came), came) == (type(sent), sent)
    assert list(map(type, came)) == list(map(type, sent))
    assert list(map(repr, came)) == list(map(repr, sent))


def test_a_long_list_takes_little_room() -> None:
    encoder = Encoder(refer)
    encoder.encode([0.1] * 1_000_001)
    assert sum(map(len, encoder.buffers)) == 8_000_008


class Number(float):
    """A class of the student's."""


def test_a_list_of_a_students_numbers_is_not_packed() -> None:
    own = type("float", (float,), {})
    for kind in (Number, own):
        came = round_trip([kind(1)] * MANY)
        assert {type(item).__name__ for item in came} == {"Kept"}


def test_a_list_that_is_too_long_is_refused_by_its_size() -> None:
    with pytest.raises(Malformed, match=f"a list of {MAX_ITEMS + 1} items; at most {MAX_ITEMS}"):
        Encoder(refer).encode([1] * (MAX_ITEMS + 1))


ONES = np.ones(2).tobytes()


@pytest.mark.parametrize(
    "encoded",
    [
        {"packed": "list"},
        {"packed": "set", "of": "float", "parts": [[0]], "sizes": [16]},
        {"packed": [], "of": "float", "parts": [[0]], "sizes": [16]},
        {"packed": "list", "of": "object", "parts": [[0]], "sizes": [16]},
        {"packed": "list", "of": "float", "parts": [[0]], "sizes": [8]},
        {"packed": "list", "of": "float", "parts": [[0], [0]], "sizes": [16, 16]},
        {"packed": "list", "of": "float", "parts": [[0]], "sizes": [16, 16]},
        {"packed": "list", "of": "float", "parts": [], "sizes": []},
        {"packed": "list", "of": "str", "parts": [[0], [0]], "sizes": [16, 16]},
        {"packed": "list", "of": "str", "parts": [[1], [0]], "sizes": [3, 16]},
        {"text": [0], "size": 3},
        {"text": [2], "size": 1},
    ],
)
def test_what_is_none_is_refused(encoded: Any) -> None:
    with pytest.raises(Malformed):
        Decoder([ONES, b"abc", b"\xff"], resolve).decode(encoded)


def test_a_packed_list_that_is_too_long_is_refused() -> None:
    data = bytes(MAX_ITEMS + 1)
    with pytest.raises(Malformed, match="more than"):
        Decoder([data], resolve).decode(
            {"packed": "list", "of": "bool", "parts": [[0]], "sizes": [len(data)]}
        )


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "é\ud800" * MAX_TEXT, "a" * 3 * CHUNK])
def test_a_long_text_comes_back(text: str) -> None:
    assert round_trip([text, text]) == [text, text]
    assert round_trip(np.str_(text)) == text


def test_more_text_than_fits_a_message_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.guest.data.encoder.MAX_TEXTS", 100)
    with pytest.raises(Malformed, match="more than 100 characters of text"):
        Encoder(refer).encode([str(n) for n in range(90)])


def test_a_message_longer_than_a_client_accepts_travels_as_buffers() -> None:
    content = {"value": ["x" * 1000] * (2 * CHUNK // 1000)}
    text, buffers = long_text.written(content, [b"own"])
    assert len(text) < 100
    assert max(map(len, buffers)) == CHUNK
    assert long_text.read(text, buffers) == (content, [b"own"])
    assert long_text.written({"a": 1}, []) == (json.dumps({"a": 1}), [])


@pytest.mark.parametrize("count", [0, -1, 3, True, None, "1", 10**9])
def test_a_long_message_that_is_none_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match="announced"):
        long_text.read(json.dumps({"long": count}), [b"{", b"}"])


def test_many_words_can_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_KEYS", "MAX_INT_KEYS"):
        monkeypatch.setattr(counted, limit, 1_000)
    counts = Counter({f"word {n}": n for n in range(10_000)})
    assert round_trip(counts) == counts
    assert round_trip(set(counts)) == set(counts)
    assert sys.flags.hash_randomization  # which makes it safe to take so many


@pytest.mark.parametrize(
    ("limit", "most", "key"),
    [("MAX_KEYS", 1_000, lambda n: (n,)), ("MAX_INT_KEYS", 10_000, int)],
)
def test_keys_that_can_be_made_to_collide_are_counted(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, key: Any
) -> None:
    assert most < getattr(counted, limit)
    monkeypatch.setattr(counted, limit, most)
    keys = [key(n) for n in range(most + 1)]
    assert len(round_trip(dict.fromkeys(keys[:-1]))) == most
    for many in (dict.fromkeys(keys), set(keys), [set(keys[:9]), set(keys[9:])]):
        with pytest.raises(Unsendable, match="dicts and sets of more than"):
            round_trip(many)
    items = [json.loads(json.dumps(Encoder(refer).encode(key))) for key in keys]
    with pytest.raises(Malformed, match="dicts and sets of more than"):
        Decoder([], resolve).decode({"set": items})


def test_large_whole_numbers_count_as_other_keys() -> None:
    with pytest.raises(Malformed, match="dicts and sets of more than"):
        round_trip({n << 40: n for n in range(MAX_KEYS + 2)})


def test_large_arrays_are_sent_without_a_copy() -> None:
    encoder = Encoder(refer)
    array = np.arange(3 << 20, dtype=np.float64)
    encoder.encode(array)
    assert all(np.shares_memory(np.frombuffer(part, "u1"), array) for part in encoder.buffers)


def test_a_range_or_an_array_in_parts_is_still_counted() -> None:
    with pytest.raises(Malformed):
        arrive("ndarray", ("object", (MAX_ITEMS * 300,), [], True))
