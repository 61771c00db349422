"""Values on their way through an encoder and a decoder, for tests."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder


class Reference:
    """No plain data."""


def refer(value: Any, encoder: Encoder) -> dict[str, Any]:
    """How an encoder is to name what is no plain data."""
    if type(value) is not Reference:
        raise TypeError(f"{type(value).__name__} is no plain data")
    return {"reference": encoder.encode([1, 2])}


def resolve(tag: str, encoded: dict[str, Any], decoder: Decoder) -> Any:
    """What such a name stands for on the other side."""
    return tag, decoder.decode(encoded[tag])


def decode(encoded: Any, *buffers: bytes) -> Any:
    """What a message says."""
    return Decoder(buffers, resolve).decode(encoded)


def round_trip(value: Any) -> Any:
    """What arrives of a value."""
    encoder = Encoder(refer)
    text = json.dumps(encoder.encode(value), allow_nan=False)
    return decode(json.loads(text), *encoder.buffers)


def same(one: Any, other: Any) -> bool:
    """Whether two values agree in type and content, NaN included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        nan = one.dtype.kind not in "SU"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=nan)
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return bool(one == other)
