"""Values that travel to the other side and back, as JSON and buffers."""

from __future__ import annotations

import json
from typing import Any

from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder


class Kept:
    """What arrives in place of a value that stayed where it was.

    Args:
        kind: name of the value's class.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind


def refer(value: Any, _: Encoder) -> dict[str, Any]:
    """Refer to what does not travel."""
    return {"handle": type(value).__name__}


def resolve(tag: str, encoded: dict[str, Any], _: Decoder) -> Any:
    """What stayed, by the name of its class."""
    assert tag == "handle"
    return Kept(encoded["handle"])


def round_trip(value: Any) -> Any:
    """The value as it arrives."""
    encoder = Encoder(refer)
    text = json.dumps(encoder.encode(value), allow_nan=False)
    return Decoder(encoder.buffers, resolve).decode(json.loads(text))


def arrive(tag: str, parts: Any) -> Any:
    """The value that a tag and some parts stand for."""
    encoder = Encoder(refer)
    content = encoder.encode(parts)
    return Decoder(encoder.buffers, resolve).decode({tag: content})
