"""Carries out what a student's code does with functions and objects that the test handed in.

A callback comes as the reply to a question. It runs here, in the test's own thread, and what comes
of it is sent as the answer. What it asks for is checked by the list in
``grader.examiner.handed_in.open_objects``; its arguments are data and handles, as in any answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import GraderError
from grader.examiner.handed_in.handed import Handed
from grader.examiner.handed_in.open_objects import Open
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import MAX_BYTES, MAX_CALLS_BACK, MAX_NODES


class Callbacks:
    """The callbacks of one test.

    Args:
        handed: what the test handed in.

    Attributes:
        fault: what the grader itself failed with in a callback, whatever the student's code made
            of it; None while it has not.
    """

    def __init__(self, handed: Handed) -> None:
        self.fault: GraderError | None = None
        self._handed = handed
        self._raised: set[int] = set()  # numbers of what the test's own code raised
        self._count = self._bytes = self._parts = 0

    def arguments(
        self, message: Mapping[str, Any], decoder: Decoder
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        """The arguments of a callback."""
        arguments, named = message.get("arguments"), message.get("named", {})
        if type(arguments) is not list or type(named) is not dict:
            raise Malformed("arguments were announced")
        decoded = [decoder.decode(argument) for argument in arguments]
        by_name = {name: decoder.decode(value) for name, value in named.items()}
        self._count_up(decoder)
        return decoded, by_name

    def work(
        self, message: Mapping[str, Any], arguments: Sequence[Any], named: dict[str, Any]
    ) -> Any:
        """The result of a callback; raises what the test's own code raises."""
        opened = self._handed.open(message.get("of"))
        try:
            result = _done(opened, message["callback"], arguments, named)
            if opened.kind == "class" and isinstance(result, Exception):
                vars(result)["by_student"] = True  # they say what is in it
            return result
        except GraderError as fault:
            self.fault = self.fault or fault
            raise

    def raised(self, error: Exception, encoder: Encoder) -> dict[str, Any]:
        """The message that tells the student's code what was raised."""
        encoded = encoder.encode(error)
        if (number := self._handed.number_of_error(error)) is not None:
            self._raised.add(number)
        return {"do": "raised", "value": encoded}

    def is_own(self, error: Exception) -> bool:
        """Whether an exception is one of the test's that the kernel knows."""
        return self._handed.number_of_error(error) is not None

    def has_raised(self, error: Exception) -> bool:
        """Whether the test's own code has raised an exception in a callback."""
        return self._handed.number_of_error(error) in self._raised

    def error(self, number: Any) -> Exception | None:
        """The test's own exception of a number; None where there is none."""
        try:
            value = self._handed.value(number)
        except Malformed:
            return None
        return value if isinstance(value, Exception) else None

    def _count_up(self, decoder: Decoder) -> None:
        """Bound what a test may be told in all: it may keep everything, as a ``Mock`` does."""
        self._count += 1
        self._bytes += decoder.size
        self._parts += decoder.parts
        too_much = self._parts > 4 * MAX_NODES or self._bytes > 4 * MAX_BYTES
        if self._count > MAX_CALLS_BACK or too_much:
            raise RuntimeError("the test's functions were called too often, or with too much data")


def _done(opened: Open, operation: Any, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
    """Carry out an operation on an object, if it is allowed."""
    value = opened.value
    if operation == "get" and len(arguments) == 1 and opened.may_read(arguments[0]):
        return getattr(value, arguments[0])
    if operation == "set" and len(arguments) == 2 and opened.may_set(arguments[0]):
        setattr(value, *arguments)
        return None
    if operation == "__call__" and operation in opened.methods:
        return value(*arguments, **named)
    if type(operation) is str and operation in opened.methods:
        return getattr(value, operation)(*arguments, **named)
    what = arguments[0] if operation in ("get", "set") and arguments else operation
    raise AttributeError(
        f"{type(value).__name__!r} object of the test has no attribute {what!r:.100} here"
    )
