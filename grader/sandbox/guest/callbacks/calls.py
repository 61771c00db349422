"""Calls of a student's functions, and calls that travel back to the examiner meanwhile.

While the agent works on a question, the student's code may call a function that the test handed
in. The agent then sends a callback, and the examiner carries it out. Before it says what came of
it, the examiner may ask further questions, since the test's function may call a student's.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from threading import get_ident, main_thread  # a test may replace them there
from typing import Any

from ..data.decoder import Decoder
from ..data.encoder import Encoder
from ..data.endings import heard, told
from ..data.shared import Shared
from ..protocol import MAX_CALL_DEPTH
from ..stdin import Exchange
from .handed import Handed

Reply = tuple[dict[str, Any], Sequence[Any]]
_ENDED = "the test that handed this in does not wait for it any more"


def arguments_of(question: Mapping[str, Any], decoder: Decoder) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a question."""
    arguments = [decoder.decode(argument) for argument in question.get("arguments", ())]
    named = {name: decoder.decode(value) for name, value in question.get("named", {}).items()}
    return arguments, named


class Calls:
    """What the examiner and the student's code call of each other.

    Args:
        exchange: sends a message to the examiner and returns its reply.
        worked: works on a question; returns the answer and its buffers.
        encoder: makes what writes the values of a message, from what both sides have.
        resolve: what a reference of the examiner's stands for; see ``Decoder``.
        attended: entered around a call back; waits until there is somebody to answer.
        lifted: entered around its messages: what they need is not replaced there.

    Attributes:
        shared: what both sides have for the time of a question.
        handed: stand-ins for what the test handed in.
    """

    def __init__(
        self,
        exchange: Exchange,
        worked: Callable[[dict[str, Any], Sequence[Any]], Reply],
        encoder: Callable[..., Encoder],
        resolve: Callable[[str, dict[str, Any], Decoder], Any],
        *,
        attended: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
        lifted: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self._attended, self._lifted = attended, lifted
        self.shared, self.handed = Shared(1), Handed(self.call_back)
        self._exchange, self._worked = exchange, worked
        self._encoder, self._resolve = encoder, resolve
        self._thread, self._context = 0, contextvars.copy_context()  # of the open question
        # A student's threads call back one after the other, and while a question is open.
        self._turn = threading.Condition(threading.RLock())
        self._depth = 0

    def answer(self, question: dict[str, Any], buffers: Sequence[Any]) -> Reply:
        """Work on a question of the examiner's; returns the answer and its buffers.

        What both sides have is so until another test looks at the names.
        """
        with self._turn:
            self._depth = 1
            self._thread, self._context = get_ident(), contextvars.copy_context()
            if question.get("do") == "look":
                self.shared = Shared(1)
            self._turn.notify_all()
        try:
            return self._worked(question, buffers)
        finally:
            with self._turn:
                self._depth = 0

    def call_back(
        self, number: int, operation: str, arguments: Sequence[Any], named: dict[str, Any]
    ) -> Any:
        """Do something with an object of the test's; raises what is raised there."""
        shared = self.shared
        with self._attended(), self._turn:
            if get_ident() != main_thread().ident:
                self._turn.wait_for(lambda: self._depth or self.shared is not shared)
            if not self._depth or self.shared is not shared:
                raise RuntimeError(_ENDED)
            if self._depth > MAX_CALL_DEPTH:
                raise RecursionError(f"calls back and forth, more than {MAX_CALL_DEPTH} deep")
            self._depth += 1
            try:
                ask = partial(self._called_back, number, operation, arguments, named)
                # The kernel knows by its context, which another thread lacks, whom it asks.
                is_here = get_ident() == self._thread
                with self._lifted():
                    return ask() if is_here else self._context.copy().run(ask)
            finally:
                self._depth -= 1

    def _called_back(
        self, number: int, operation: str, arguments: Sequence[Any], named: dict[str, Any]
    ) -> Any:
        self.shared.forget_unsent()
        encoder = self._encoder(self.shared, numbered=True)
        message = {
            "callback": operation,
            "of": number,
            "arguments": [encoder.encode(argument) for argument in arguments],
            "named": {name: encoder.encode(value) for name, value in named.items()},
        }
        reply, buffers = self._exchange(message | told(encoder), encoder.buffers)
        while reply.get("do") not in ("returned", "raised"):
            reply, buffers = self._exchange(*self._worked(reply, buffers))
        decoder = Decoder(buffers, self._resolve, self.shared)
        try:
            value = decoder.decode(reply["value"])
            if reply["do"] == "raised":
                raise value
            return value
        finally:
            heard(reply, decoder)
