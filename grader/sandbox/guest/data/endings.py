"""What each message of an exchange ends with: what changed of the values that both sides have.

The sender says which of the values in the message it still holds, and which earlier ones it does
not hold any more. Both sides forget a value that one of them does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoder import Decoder
from .encoder import Encoder


def told(
    encoder: Encoder, changed: dict[str, Any] | None = None, *, ends: bool = False
) -> dict[str, Any]:
    """The end of a message that is sent now.

    Args:
        encoder: of all that is in the message.
        changed: what has changed, where that is encoded already.
        ends: the message ends a question of a test.
    """
    shared = encoder.shared
    if changed is None:
        changed = shared.changed(encoder.content)
    shared.settle(changed)
    kept, dropped = shared.sent(ends=ends)
    encoder.number(kept)
    shared.mark()
    end = {"changed": changed, "kept": kept, "dropped": dropped}
    return {name: part for name, part in end.items() if part}


def heard(message: Mapping[str, Any], decoder: Decoder) -> None:
    """Take in what a message ends with, once all else of it is decoded.

    Numbers are told once: they are taken in also where a change cannot be.
    """
    try:
        decoder.update(message.get("changed", {}))
    finally:
        decoder.keep(message)
