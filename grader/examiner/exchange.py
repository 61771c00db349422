"""Questions to a student's kernel, and the callbacks that come before their answers.

While the kernel works on a question, the student's code may call what the test handed in. That is
carried out here and its result is sent, before the next reply is waited for. The test's function
may itself ask the kernel: such a question is sent within the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.evidence.interview import Asked
from grader.examiner.handed_in.callbacks import Callbacks
from grader.examiner.handed_in.handed import Handed
from grader.examiner.handed_in.replaced import Replaced
from grader.examiner.objects.reading import Reading
from grader.examiner.training.dry_runs import Script
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.data.endings import heard, told
from grader.sandbox.guest.data.shared import Shared
from grader.sandbox.guest.protocol import MAX_CALL_DEPTH

Message = tuple[dict[str, Any], Sequence[Any]]
Ask = Callable[[dict[str, Any], Sequence[bytes]], Message]
Refer = Callable[[Any, Encoder], dict[str, Any]]
Resolve = Callable[[str, dict[str, Any], Decoder], Any]


class Exchange:
    """The questions of one test.

    Args:
        ask: sends a question, or the outcome of a callback; returns the answer or a callback.
        heard: told all that is sent with the reply to it.
        refer: how a value is sent that is no plain data.
        resolve: what a reference of the kernel's stands for.
        lets_change: whether a later call changes what the test has handed in before.

    Attributes:
        handed: what the test handed in.
        callbacks: carries out what the student's code does with that.
        replaced: what the test has put in place of functions.
        reading: whether an answer is being read.
    """

    def __init__(
        self,
        ask: Ask,
        heard: Callable[[Asked], None],
        refer: Refer,
        resolve: Resolve,
        *,
        lets_change: bool = False,
    ) -> None:
        self._lets_change = lets_change
        self.handed = Handed()
        self.callbacks = Callbacks(self.handed)
        self._ask, self._heard, self._refer, self._resolve = ask, heard, refer, resolve
        self.replaced = Replaced()
        self.reading = Reading()
        self._shared, self._depth = Shared(0), 0

    def encoder(self) -> Encoder:
        """What encodes the parts of the next message."""
        if self._depth:
            self._shared.forget_unsent()
        else:
            self._shared.begin()
        return Encoder(self._refer, self._shared, numbered=True)

    def answer(
        self,
        question: dict[str, Any],
        encoder: Encoder,
        take: Callable[[dict[str, Any], Decoder], Any],
        script: Script | None = None,
    ) -> Any:
        """Ask a question, and carry out callbacks until it is answered.

        Args:
            question: its parts that are values, encoded.
            encoder: of these.
            take: what becomes of the answer; called when the test's own values are changed as the
                student's code changed its copies.
            script: of a dry run.

        Returns:
            What ``take`` returns.
        """
        if self._depth >= MAX_CALL_DEPTH:
            raise ClaimFailed(
                "The test's function and your code call each other without an end: stopped after "
                "{max_call_depth} calls in calls.",
                max_call_depth=MAX_CALL_DEPTH,
            )
        with self.replaced.lifted():
            question |= self._surroundings(encoder)
            question |= told(encoder)
            return self._answered((question, encoder.buffers), take, script)

    def _answered(
        self,
        question: Message,
        take: Callable[[dict[str, Any], Decoder], Any],
        script: Script | None,
    ) -> Any:
        self._depth += 1
        try:
            reply, buffers = self._exchanged(question, script)
            while "callback" in reply:
                reply, buffers = self._exchanged(self._called_back(reply, buffers))
            if self._depth == 1 and self.callbacks.fault is not None:
                raise self.callbacks.fault
            decoder = self._decoder(reply, buffers)
            with self.reading.answer(), _heard_at_end(reply, decoder):
                return take(reply, decoder)
        finally:
            self._depth -= 1

    @property
    def parted(self) -> list[Any]:
        """The data that the test had handed in and a later call has changed, and this had not."""
        return self._shared.parted

    def forget(self) -> None:
        """Have nothing in common with the kernel yet."""
        self._shared = Shared(0)

    def _surroundings(self, encoder: Encoder) -> dict[str, Any]:
        """What the test has replaced, and how deep in callbacks it asks."""
        found: dict[str, Any] = {}
        if replaced := self.replaced.encoded(encoder):
            found["patched"] = replaced
        if self._depth:
            found["within"] = self._depth
        return found

    def _exchanged(self, message: Message, script: Script | None = None) -> Message:
        content, sent = message
        try:
            reply, buffers = self._ask(content, sent)
        except BaseException as ended:  # the kernel, or its time
            self._heard(Asked(content, sent, str(ended), (), script))
            raise
        self._heard(Asked(content, sent, reply, buffers, script))
        return reply, buffers

    def _called_back(self, message: dict[str, Any], buffers: Sequence[Any]) -> Message:
        """Carry out a callback; returns the message with its outcome for the student's code."""
        try:
            decoder = self._decoder(message, buffers)
            with self.reading.answer(), _heard_at_end(message, decoder):
                arguments = self.callbacks.arguments(message, decoder)
            with self.replaced.in_force():
                result = self.callbacks.work(message, *arguments)
            encoder = self.encoder()
            returned = {"do": "returned", "value": encoder.encode(result)}
            del arguments, result  # they shall not count as held
            return returned | told(encoder), encoder.buffers
        except Exception as error:
            encoder = self.encoder()
            raised = self.callbacks.raised(error, encoder)
            return raised | told(encoder), encoder.buffers

    def _decoder(self, message: dict[str, Any], buffers: Sequence[Any]) -> Decoder:
        if type(changed := message.get("changed")) is dict and not self._lets_change:
            self._shared.set_apart(changed)
        return Decoder(buffers, self._resolve, self._shared)


@contextmanager
def _heard_at_end(message: dict[str, Any], decoder: Decoder) -> Iterator[None]:
    """Change the test's own values as the student's code has changed its copies."""
    try:
        yield
    finally:
        _heard(message, decoder)


def _heard(message: dict[str, Any], decoder: Decoder) -> None:
    try:
        heard(message, decoder)
    except Malformed as error:
        raise ClaimFailed(
            "Your code changed what it was given so that it cannot be judged: {error}.",
            error=error,
        ) from error
