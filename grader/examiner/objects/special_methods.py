"""What Python's own operations do with a handle: each is a question to the kernel, or is refused.

A handle's class has those of the student's class. Asked are those that give data or an object.
Refused are those whose answer would be the verdict (``==``, ``<``, ``bool``), where the student's
class has a method of its own for them, and arithmetic with plain data: an expected value is never
handed to a student's method that nobody called. ``grader.checks.objects`` lets a test ask for them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.objects import context_ends
from grader.examiner.objects.coroutines import steps
from grader.examiner.objects.handles import ALWAYS, is_handle, kept_of
from grader.examiner.objects.kept import Kept, facts_of
from grader.language import N_
from grader.sandbox.guest.handles.abilities import ARITHMETIC, DESCRIPTORS, UNARY

Method = Callable[..., Any]

_ASKED = {
    **dict.fromkeys(("len", "contains", "reversed", "getitem", "setitem", "delitem", "aiter")),
    **dict.fromkeys(("int", "float", "complex", "index", "bytes", "round", "trunc", "fspath")),
    **dict.fromkeys(("enter", "array", "repr", "str", "format", "dir", "copy", *UNARY)),
}
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_CALCULATED = {
    **{"add": "+", "sub": "-", "mul": "*", "matmul": "@", "truediv": "/", "floordiv": "//"},
    **{"mod": "%", "pow": "**", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^"},
}
_DATA = frozenset((int, float, complex, str, bytes, list, tuple, set, frozenset, dict))
_OTHER_NAMES = {"and": "and_", "or": "or_"}  # in the module ``operator``


_CALCULATES = N_(
    "The test calculates ({sign}) with an object of the class {name}, and a method of that class "
    "would decide. Return plain data where it is asked for; a test of the method itself says so "
    "with grader.checks.objects.operate({function}, ...)."
)
_COMPARES = N_(
    "The test compares ({sign}) an object of the class {name}, and a method of that class would "
    "decide. Return plain data where it is asked for; a test of the method itself says so with "
    "grader.checks.objects.operate({function}, ...)."
)
_ASKS_FOR_TRUTH = N_(
    "The test asks for the truth of an object of the class {name}, and a method of that class "
    "would decide. Return plain data where it is asked for; a test of the method itself says so "
    "with grader.checks.objects.operate({function}, ...)."
)


class Undecided(ClaimFailed):
    """A test left a verdict to a method of the student's."""


def methods(able: Iterable[str]) -> dict[str, Method]:
    """The special methods of a handle's class, by their full names.

    Args:
        able: names of those that the student's class has, without underscores.
    """
    named = {name: _method(name) for name in (*able, *ALWAYS)}
    return {f"__{name}__": method for name, method in named.items() if method is not None}


def _method(name: str) -> Method | None:
    if name in ARITHMETIC:
        return _arithmetic(name)
    if name in _SIGNS and name not in _BY_NAME:
        return _comparison(name)
    if name in DESCRIPTORS:
        return _descriptor(name)
    return _BY_NAME.get(name) or (_asking(name) if name in _ASKED else None)


def _kept(handle: Any) -> Kept:
    kept = kept_of(handle)
    assert kept is not None
    return kept


def _asking(operation: str) -> Method:
    def method(self: Any, *arguments: Any) -> Any:
        return _kept(self).operate(operation, *arguments)

    return method


def _descriptor(name: str) -> Method:
    """What Python asks of an attribute of a class: of one of the test's, it may be a student's."""

    def method(self: Any, *arguments: Any) -> Any:
        return _kept(self).operate("descriptor", f"__{name}__", *arguments)

    return method


def _arithmetic(name: str) -> Method:
    plain = name.removeprefix("r") if name[0] == "r" and name != "rshift" else name
    in_place = plain[0] == "i" and plain[1:] in ARITHMETIC
    bare = plain[1:] if in_place else plain
    operation = "i" + bare if in_place else _OTHER_NAMES.get(bare, bare)

    def method(self: Any, other: Any, *_: Any) -> Any:
        if not is_handle(other):
            if not in_place and (data := _data(self, name)) is not None:
                pair = (other, data[0]) if plain != name else (data[0], other)
                return getattr(operator, operation)(*pair)
            sign = _CALCULATED.get(bare, bare) + ("=" if in_place else "")
            raise _undecided(self, _CALCULATES, f"operator.{operation}", sign)
        pair = (other, self) if plain != name else (self, other)
        return _kept(pair[0]).operate(operation, pair[1])

    return method


def _comparison(name: str) -> Method:
    def method(self: Any, other: Any) -> Any:
        facts = facts_of(type(self))
        if facts is not None and facts.ordered and type(other) is type(self):
            return getattr(operator, name)(_compared(self), _compared(other))
        if (both := _both_data(self, other, name)) is not None:
            return getattr(operator, name)(*both)
        raise _undecided(self, _COMPARES, f"operator.{name}", _SIGNS[name])

    return method


def _equal(self: Any, other: Any) -> Any:
    """Equality of our own: of one object with itself, of dataclasses by their fields."""
    if self is other:
        return True
    if (both := _both_data(self, other, "eq")) is not None:
        return both[0] == both[1]
    if is_handle(other) and _kept(self).asks.reading.goes_on:
        return False  # the kernel has both as members of one set, or as keys of one dict
    if not is_handle(other):
        return NotImplemented  # and so False, where the other side is plain data
    facts, others = facts_of(type(self)), facts_of(type(other))
    assert facts is not None
    assert others is not None
    if facts.fields and type(self) is type(other):
        return _compared(self) == _compared(other)
    if "eq" in facts.able or "eq" in others.able:
        is_looked_up = _kept(self).asks.reading.is_looked_up
        function = "operator.getitem" if is_looked_up else "operator.eq"
        raise _undecided(self, _COMPARES, function, "==")
    return False


def _unequal(self: Any, other: Any) -> Any:
    equal = _equal(self, other)
    return equal if equal is NotImplemented else not equal


def _hash(self: Any) -> int:
    """By identity, unless the student's class says otherwise; of dataclasses by their fields."""
    facts = facts_of(type(self))
    if facts is None or "hash" not in facts.able:
        return object.__hash__(self)
    if facts.fields:
        return hash(_compared(self))
    number: int = _kept(self).operate("hash")
    return number


def _compared(handle: Any) -> Any:
    """The values of the fields by which a dataclass's instances are equal."""
    facts = facts_of(type(handle))
    assert facts is not None
    return _kept(handle).operate("attributes", list(facts.compared))


def _truth(self: Any) -> bool:
    if (data := _data(self, "bool", "len")) is not None:
        return bool(data[0])
    raise _undecided(self, _ASKS_FOR_TRUTH, "bool")


def _both_data(one: Any, other: Any, method: str) -> tuple[Any, Any] | None:
    """The data of which two values are made, to be compared here; None where a method decides."""
    first = _data(one, method)
    second = (other,) if first is not None and not is_handle(other) else _data(other, method)
    return None if first is None or second is None else (first[0], second[0])


def _data(value: Any, *names: str) -> tuple[Any] | None:
    """The data of a handle whose class derives from a type of plain data, in a tuple.

    None where its class is another, or has methods of its own of these names.
    """
    facts = facts_of(type(value))
    if facts is None or facts.kept is None or facts.built_in not in _DATA:
        return None
    is_data, content = _kept(value).operate("content", list(names))
    return (content,) if is_data is True and type(content) is facts.built_in else None


def _call(self: Any, *arguments: Any, **named: Any) -> Any:
    return _kept(self).call(*arguments, **named)


def _iterate(self: Any) -> Any:
    facts = facts_of(type(self))
    if facts is not None and facts.kept is None and "next" in facts.able:
        return self  # an iterator of Python's own
    return _kept(self).operate("iter")


def _next(self: Any) -> Any:
    more, item = _kept(self).operate("next")
    if more is not True:
        raise StopIteration(item)
    return item


def _exit(self: Any, kind: Any, error: Any, trace: TracebackType | None) -> bool:
    return context_ends.forgets(
        _kept(self).operate("exit", *context_ends.told(error, trace)), error, trace
    )


async def _exit_later(self: Any, kind: Any, error: Any, trace: TracebackType | None) -> bool:
    return context_ends.forgets(
        _kept(self).operate("aexit", *context_ends.told(error, trace)), error, trace
    )


async def _enter_later(self: Any) -> Any:
    return _kept(self).operate("aenter")


def _await(self: Any) -> Any:
    return (yield from steps(_kept(self)))


async def _next_later(self: Any) -> Any:
    more, item = _kept(self).operate("anext")
    if more is not True:
        raise StopAsyncIteration
    return item


def _deep_copy(self: Any, _: Any = None) -> Any:
    return _kept(self).operate("deepcopy")


def _undecided(handle: Any, message: str, function: str, sign: str = "") -> Undecided:
    facts = facts_of(type(handle))
    name = facts.name if facts is not None else "object"
    return Undecided(message, name=name, function=function, sign=sign)


_BY_NAME: dict[str, Method] = {
    "eq": _equal,
    "ne": _unequal,
    "hash": _hash,
    "bool": _truth,
    "call": _call,
    "iter": _iterate,
    "next": _next,
    "exit": _exit,
    "aexit": _exit_later,
    "aenter": _enter_later,
    "anext": _next_later,
    "await": _await,
    "deepcopy": _deep_copy,
}
