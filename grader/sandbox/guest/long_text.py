"""Messages whose text is longer than a client accepts: it travels as buffers behind the others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .protocol import CHUNK, MAX_BYTES


def written(content: Mapping[str, Any], buffers: Sequence[Any]) -> tuple[str, list[Any]]:
    """The text of a message, and all buffers beside it."""
    text = json.dumps(content)
    if len(text) <= CHUNK:
        return text, list(buffers)
    data = text.encode()
    parts = [data[begin : begin + CHUNK] for begin in range(0, len(data), CHUNK)]
    return json.dumps({"long": len(parts)}), [*buffers, *parts]


def read(text: str, buffers: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    """What ``written`` wrote; raises ``ValueError`` or ``RecursionError`` where it is no JSON."""
    content = json.loads(text)
    if type(content) is not dict or content.keys() != {"long"}:
        return content, buffers
    count = content["long"]
    if type(count) is not int or not 0 < count <= min(len(buffers), MAX_BYTES // CHUNK):
        raise ValueError("other buffers were announced")
    return json.loads(b"".join(buffers[-count:])), buffers[:-count]
