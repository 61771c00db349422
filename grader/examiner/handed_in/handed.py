"""What a test hands to a student's code and cannot be copied: how it is described there.

The kernel gets a number and what is needed to make a stand-in, never anything of the object itself.
``grader.examiner.handed_in.open_objects`` says what may be done with each.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.errors import CannotTravel
from grader.examiner.handed_in import library, open_objects
from grader.examiner.handed_in.open_objects import Open
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.encoder import Encoder

_NUMBERS = itertools.count()  # never used twice: a stand-in that is kept says nothing of others
_EMPTY: tuple[dict[Any, Any], ...] = ({}, OrderedDict())
_VIEWS = tuple(type(view) for of in _EMPTY for view in (of.keys(), of.values(), of.items()))
_MOST_DOC = 10_000  # characters
_MOST_ERRORS = 1000  # that are kept, to be known again where the student's code lets them pass
# They would end a test's loop over answers, as if all of them had been seen.
_ENDS_LOOPS = (StopIteration, StopAsyncIteration)


class Handed:
    """The objects of one test that a student's code may ask."""

    def __init__(self) -> None:
        self._open: dict[int, Open] = {}
        self._numbers: dict[int, int] = {}  # by identity
        self._errors: deque[int] = deque()  # numbers of exceptions

    def open(self, number: Any) -> Open:
        """What may be done with the object of a number; raises ``LookupError``."""
        if type(number) is not int or number not in self._open:
            raise LookupError("the test that handed this in has ended")
        return self._open[number]

    def value(self, number: Any) -> Any:
        """The test's own object; raises ``Malformed``."""
        try:
            return self.open(number).value
        except LookupError as error:
            raise Malformed(str(error)) from error

    def refer(self, value: Any, encoder: Encoder) -> dict[str, Any]:
        """How an object is described to the kernel.

        Raises:
            CannotTravel: it is none that can be handed in.
        """
        if (name := library.name_of(value)) is not None:
            return {"library": name}
        if type(value) is functools.partial:
            parts = (value.func, value.args, value.keywords)
            return {"partial": encoder.encode(parts)}
        if type(value) in _VIEWS:
            return _view(value, encoder)
        if isinstance(value, Exception):
            return self._error(value, encoder)
        if (owner := open_objects.copied_owner(value)) is not None:
            return {"method": encoder.encode((owner, value.__name__))}
        number = self._numbers.get(id(value))
        opened = open_objects.opened(value) if number is None else self._open[number]
        if opened is None:
            raise CannotTravel(
                f"an object of the type {type(value).__name__} cannot be handed to a student's "
                "function: hand in data, a function, or an object of a class that the test cell "
                "defines"
            )
        if number is None:
            number = next(_NUMBERS)
            self._put(number, opened)
        return {"own": number, "kind": opened.kind} | dict(self._described(opened, encoder))

    def number_of_error(self, error: Exception) -> int | None:
        """The number of an exception of the test's; None where the kernel does not know it."""
        return self._numbers.get(id(error))

    def _error(self, error: Exception, encoder: Encoder) -> dict[str, Any]:
        """How an exception is described: as its class, or a base that both sides have."""
        number = None
        if not isinstance(error, _ENDS_LOOPS):  # they are not known again: they would end a loop
            number = self.number_of_error(error)
            number = self._keep_error(error) if number is None else number
        return {
            "error": {"tuple": [_class_of(error, encoder), _arguments(error, encoder)]},
            "number": number,
            "notes": [str(note)[:_MOST_DOC] for note in getattr(error, "__notes__", ())],
            "attributes": {}
            if open_objects.is_own(type(error))
            else {name: encoder.encode(value) for name, value in _plain(error)},
        }

    def _keep_error(self, error: Exception) -> int:
        """Keep an exception, to be known again; of many the first ones are forgotten."""
        number = next(_NUMBERS)
        special = open_objects.special_methods(type(error))
        self._put(number, Open(error, "error", special, None))
        self._errors.append(number)
        if len(self._errors) > _MOST_ERRORS:
            del self._numbers[id(self._open.pop(self._errors.popleft()).value)]
        return number

    def _put(self, number: int, opened: Open) -> None:
        self._open[number] = opened
        self._numbers[id(opened.value)] = number

    def _described(self, opened: Open, encoder: Encoder) -> Iterator[tuple[str, Any]]:
        """What the kernel needs for a stand-in."""
        value = opened.value
        match opened.kind:
            case "function":
                yield "name", str(getattr(value, "__name__", "function"))
                yield "doc", _doc(value)
                yield "parameters", _parameters(value)
            case "class":
                yield "name", value.__name__
                yield "bases", [self._base(base, encoder) for base in value.__bases__]
                yield "special", sorted(open_objects.special_methods(value))
            case "object":
                own = open_objects.is_own(type(value))
                yield "class", encoder.encode(type(value)) if own else None
                yield "name", type(value).__name__
                yield "special", sorted(opened.methods)

    def _base(self, base: type, encoder: Encoder) -> Any:
        """A base of a class; a library's class that says nothing there is left out."""
        known = open_objects.is_own(base) or issubclass(base, BaseException)
        return encoder.encode(base if known else object)


def _class_of(error: Exception, encoder: Encoder) -> Any:
    """The class of an exception, encoded, or the first of its bases that the kernel may have."""
    for kind in type(error).__mro__:
        with contextlib.suppress(TypeError, Malformed):
            return encoder.encode(kind)
    return encoder.encode(Exception)


def _arguments(error: Exception, encoder: Encoder) -> Any:
    """The arguments of an exception, encoded; its text where they cannot be handed in."""
    try:
        return encoder.encode(list(error.args))
    except (TypeError, Malformed):
        return encoder.encode([str(error)])


def _plain(error: Exception) -> Iterator[tuple[str, Any]]:
    """The attributes of an exception of a library's class that are numbers and texts."""
    for name, value in vars(error).items():
        if not name.startswith("_") and type(value) in (str, int, float, bool, type(None)):
            yield name, value


def _view(value: Any, encoder: Encoder) -> dict[str, Any]:
    """A view of a dict's keys, values or items."""
    part = type(value).__name__.rpartition("_")[2]
    made: dict[str, Callable[[Any], Any]]
    made = {"keys": dict.fromkeys, "values": list, "items": dict}
    items = made[part](value)
    return {"view": part, "items": encoder.encode(items)}


def _doc(value: Any) -> str | None:
    doc = getattr(value, "__doc__", None)
    return doc[:_MOST_DOC] if isinstance(doc, str) else None


def _parameters(value: Any) -> list[list[Any]] | None:
    """Name and kind of a function's parameters, and whether they may be left out."""
    try:
        parameters: Mapping[str, inspect.Parameter] = inspect.signature(value).parameters
    except (TypeError, ValueError):
        return None
    return [
        [each.name, each.kind.name, each.default is not each.empty] for each in parameters.values()
    ]
