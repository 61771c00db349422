"""Stand-ins for functions and objects that a test hands to a student's code.

The test's own objects stay in the examiner. What is done with a stand-in travels there and is done
with the object itself, as far as the examiner lets it; what comes of it travels back.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..data.counted import Malformed
from ..data.decoder import Decoder
from .mirrors import MirroredError, mirror_class, mirrored

# What is to be done with which object: its number, the operation, positional and keyword arguments.
CallBack = Callable[[int, str, Sequence[Any], dict[str, Any]], Any]

_NUMBER = "_number_of_the_test"  # which an exception of the test's has in its attributes
_VIEWS: dict[str, Callable[[Any], Any]] = {
    "keys": lambda items: items.keys(),
    "values": lambda items: dict(enumerate(items)).values(),
    "items": lambda items: items.items(),
}


class Handed:
    """The stand-ins of one test.

    Args:
        call_back: tells the examiner what is done with one of its objects.
    """

    def __init__(self, call_back: CallBack) -> None:
        self._call_back = call_back
        self._stand_ins: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by identity

    def clear(self) -> None:
        """Forget all: another test begins."""
        self._stand_ins.clear()
        self._numbers.clear()

    def number_of(self, value: Any) -> int | None:
        """The number of what ``value`` stands for, if it is a stand-in."""
        return self._numbers.get(id(value))

    def resolve(self, tag: str, reference: dict[str, Any], decoder: Decoder) -> Any:
        """What a reference stands for."""
        content = reference[tag]
        match tag:
            case "own":
                return self._own(content, reference, decoder)
            case "library":
                return of_library(content)
            case "partial":
                function, arguments, keywords = decoder.decode(content)
                return functools.partial(function, *arguments, **keywords)
            case "error":
                return self._error(reference, decoder)
            case "method":
                of, name = decoder.decode(content)
                return getattr(of, name)
            case "view":
                return _VIEWS[content](decoder.decode(reference["items"]))
            case _:
                raise Malformed(f"unknown reference {tag}")

    def _own(self, number: int, reference: dict[str, Any], decoder: Decoder) -> Any:
        """The stand-in for an object; one object has one."""
        if number not in self._stand_ins:
            made = self._made(number, reference, decoder)
            self._stand_ins[number] = made
            self._numbers[id(made)] = number
        return self._stand_ins[number]

    def _made(self, number: int, reference: dict[str, Any], decoder: Decoder) -> Any:
        do = functools.partial(self._do, number)
        match reference["kind"]:
            case "function":
                return _function(do, reference)
            case "generator":
                return _generator(do)
            case "iterator":
                return _Iterator(do)
            case "class":
                bases = [decoder.decode(base) for base in reference["bases"]]
                return mirror_class(do, reference["name"], bases, reference["special"])
            case _:
                kind = decoder.decode(reference["class"])
                if kind is None:
                    kind = mirror_class(do, reference["name"], [], reference["special"])
                return mirrored(do, kind)

    def _error(self, reference: dict[str, Any], decoder: Decoder) -> Exception:
        """A stand-in for an exception of the test's; the examiner knows it by its number."""
        error = _exception(*decoder.decode(reference["error"]))
        for note in reference["notes"]:
            error.add_note(note)
        for name, value in reference["attributes"].items():
            object.__setattr__(error, name, decoder.decode(value))
        if (number := reference["number"]) is not None:
            vars(error)[_NUMBER] = number
        if number is not None and isinstance(error, MirroredError):
            vars(error)["_own_do"] = functools.partial(self._do, number)
        return error

    def _do(self, number: int, operation: str, *arguments: Any, **keywords: Any) -> Any:
        return self._call_back(number, operation, arguments, keywords)


def number_of_error(error: BaseException) -> int | None:
    """The number under which the examiner knows an exception of the test's; None of others."""
    number = vars(error).get(_NUMBER)
    return number if type(number) is int else None


def _exception(kind: Any, arguments: Sequence[Any]) -> Exception:
    """An exception as the test made it."""
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        raise Malformed("the class of an exception was announced")
    if not issubclass(kind, MirroredError):  # the examiner has made one already
        with contextlib.suppress(Exception):  # it is made of other arguments than it keeps
            return kind(*arguments)
    error: Exception = kind.__new__(kind, *arguments)
    error.args = tuple(arguments)
    return error


def of_library(place: str) -> Any:
    """What a library has under a name, such as ``math:sqrt``."""
    module, _, path = place.partition(":")
    value: Any = importlib.import_module(module)
    for name in filter(None, path.split(".")):
        value = getattr(value, name)
    return value


def _function(do: Callable[..., Any], reference: dict[str, Any]) -> Callable[..., Any]:
    """A function with the name, the text and the parameters of the test's."""

    def function(*arguments: Any, **keywords: Any) -> Any:
        return do("__call__", *arguments, **keywords)

    function.__name__ = function.__qualname__ = reference["name"]
    function.__module__, function.__doc__ = "__main__", reference["doc"]
    if reference["parameters"] is not None:
        function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [_parameter(*parameter) for parameter in reference["parameters"]],
            __validate_parameters__=False,
        )
    return function


def _parameter(name: str, kind: str, optional: bool) -> inspect.Parameter:
    default = ... if optional else inspect.Parameter.empty
    return inspect.Parameter(name, getattr(inspect.Parameter, kind), default=default)


def _generator(do: Callable[..., Any]) -> Iterator[Any]:
    """A generator that asks the test's for each item, and not before it is needed."""
    sent = None
    while True:
        try:
            item = do("__next__") if sent is None else do("send", sent)
        except StopIteration:
            return
        sent = yield item


class _Iterator:
    """An iterator that asks the test's for each item."""

    def __init__(self, do: Callable[..., Any]) -> None:
        self._do = do

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        return self._do("__next__")
