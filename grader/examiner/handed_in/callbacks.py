"""Carries out what a student's code does with functions and objects that the test handed in.

A callback comes as the reply to a question. It runs here, in the test's own thread, and what comes
of it is sent as the answer. What it asks for is checked by the list in
``grader.examiner.handed_in.open_objects``; its arguments are data and handles, as in any answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.errors import GraderError
from grader.examiner.handed_in.handed import Handed
from grader.examiner.handed_in.open_objects import Open
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import MAX_BYTES, MAX_CALLS_BACK, MAX_NODES

_NUMBERS = itertools.count()  # never used twice: an exception that is kept says nothing of others
_MOST_ERRORS = 1000  # that are kept, to be raised again where the student's code lets them pass


# They would end a test's loop over answers, as if all of them had been seen.
ENDS_LOOPS = (StopIteration, StopAsyncIteration)


class Callbacks:
    """The callbacks of one test.

    Args:
        handed: what the test handed in.
        is_students: whether an exception stands for one of the student's kernel.

    Attributes:
        fault: what the grader itself failed with in a callback, whatever the student's code made
            of it; None while it has not.
    """

    def __init__(self, handed: Handed, is_students: Callable[[Exception], bool]) -> None:
        self.fault: GraderError | None = None
        self._handed, self._is_students = handed, is_students
        self._errors: dict[int, Exception] = {}
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
        """What comes of a callback; raises what the test's own code raises."""
        opened = self._handed.open(message.get("of"))
        try:
            return _done(opened, message["callback"], arguments, named)
        except GraderError as fault:
            self.fault = self.fault or fault
            raise

    def raised(self, error: Exception, encoder: Encoder) -> dict[str, Any]:
        """The message that tells the student's code what was raised."""
        number = next(_NUMBERS)
        if not isinstance(error, ENDS_LOOPS):
            self._errors[number] = error
        if len(self._errors) > _MOST_ERRORS:
            del self._errors[min(self._errors)]
        kind, arguments = (
            (encoder.encode(error), []) if self._is_students(error) else _described(error, encoder)
        )
        return {"do": "raised", "class": kind, "arguments": arguments, "number": number}

    def error(self, number: Any) -> Exception | None:
        """What a callback raised, by its number, where the student's code let it pass."""
        return self._errors.get(number) if type(number) is int else None

    def own_error(self, number: Any, message: str) -> Exception | None:
        """An instance of the test's exception class of a number; None where there is none."""
        try:
            kind = self._handed.open(number).value
            is_error = isinstance(kind, type) and issubclass(kind, Exception)
            return kind(message) if is_error and not issubclass(kind, ENDS_LOOPS) else None
        except Exception:  # no number, or a class that is made of something else
            return None

    def _count_up(self, decoder: Decoder) -> None:
        """Bound what a test may be told in all: it may keep everything, as a ``Mock`` does."""
        self._count += 1
        self._bytes += decoder.size
        self._parts += decoder.parts
        too_much = self._parts > 4 * MAX_NODES or self._bytes > 4 * MAX_BYTES
        if self._count > MAX_CALLS_BACK or too_much:
            raise RuntimeError("the test's functions were called too often, or with too much data")


def _done(opened: Open, operation: Any, arguments: Sequence[Any], named: dict[str, Any]) -> Any:
    """Do something with an object, if it may be done."""
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


def _described(error: Exception, encoder: Encoder) -> tuple[Any, list[Any]]:
    """Class and arguments of an exception, as far as they can be sent."""
    for kind in type(error).__mro__:
        try:
            encoded = encoder.encode(kind)
            break
        except (TypeError, Malformed):
            continue
    try:
        arguments = [encoder.encode(argument) for argument in error.args]
    except (TypeError, Malformed):
        arguments = [encoder.encode(str(error))]
    return encoded, arguments
