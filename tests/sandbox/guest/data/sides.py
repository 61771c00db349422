"""The two sides of an exchange, for tests of what both of them have."""

from __future__ import annotations

import json
from typing import Any

from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from grader.sandbox.guest.data.shared import Shared


class Sides:
    """The examiner's side and the kernel's, which has copies of what the examiner sends."""

    def __init__(self) -> None:
        self.ours, self.theirs = Shared(0), Shared(1)

    def send(self, value: Any) -> Any:
        """The copy of a value."""
        encoder = Encoder(refuse, self.ours, numbered=True)
        copy = decoded(encoder, encoder.encode(value), self.theirs)
        self.theirs.mark()
        return copy

    def told(self, answer: Any = None) -> Any:
        """What the examiner has of an answer, once it knows what changed there."""
        encoder = Encoder(refuse, self.theirs)
        changed = self.theirs.changed(encoder.content)
        value = encoder.encode(answer)
        self.ours.set_apart(changed)
        decoder = Decoder(encoder.buffers, refuse, self.ours)
        decoder.update(json.loads(json.dumps(changed)))
        return decoder.decode(json.loads(json.dumps(value)))

    def end(self) -> None:
        """An answer of which nothing is taken: both sides hear what the other one holds."""
        for sender, receiver in ((self.theirs, self.ours), (self.ours, self.theirs)):
            end = told(Encoder(refuse, sender), ends=sender is self.theirs)
            heard(json.loads(json.dumps(end)), Decoder([], refuse, receiver))
        self.ours.begin()


def refuse(*_: Any) -> Any:
    """Name nothing: all values here are plain data."""
    raise AssertionError("nothing here is a reference")


def decoded(encoder: Encoder, encoded: Any, shared: Shared) -> Any:
    """What one side has of a message."""
    return Decoder(encoder.buffers, refuse, shared).decode(json.loads(json.dumps(encoded)))
