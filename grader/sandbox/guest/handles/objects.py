"""What a test cell may do with an object of the student's, beyond calling it.

Each operation runs here, beside the object; its answer is data, or another object's number.
"""

from __future__ import annotations

import builtins
import copy
import dataclasses
import functools
import importlib
import inspect
import math
import operator
import os
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .contents import content
from .event_loop import EventLoop

LOOP = EventLoop()


def _next(iterator: Any) -> tuple[bool, Any]:
    """Whether there was another item, and that item; at the end, what a generator returned."""
    try:
        return True, next(iterator)
    except StopIteration as end:
        return False, end.value


def _exit(manager: Any, error: Any, message: str | None) -> bool:
    """End a ``with``; whether the manager wants the error to be forgotten.

    Args:
        manager: the context manager.
        error: an exception that was kept here; the name of a built-in one; None for none.
        message: of the exception that is named.
    """
    error = _exception(error, message)
    kind = None if error is None else type(error)
    return bool(type(manager).__exit__(manager, kind, error, None))


async def _exit_later(manager: Any, error: Any, message: str | None) -> bool:
    error = _exception(error, message)
    kind = None if error is None else type(error)
    return bool(await type(manager).__aexit__(manager, kind, error, None))


def _exception(error: Any, message: str | None) -> BaseException | None:
    if error is None or isinstance(error, BaseException):
        return error
    kind = getattr(builtins, error, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        kind = Exception
    try:
        return kind() if message is None else kind(message)
    except TypeError:  # some are made of more than a message
        return Exception(message)


def _signature(
    function: Any, named: Mapping[str, Any] = {}
) -> tuple[list[tuple[Any, ...]], tuple[Any, ...]]:
    """A function's parameters (name, kind, default, annotation), and what it returns.

    A default and an annotation are a tuple, which is empty where there is none.
    """
    signature = inspect.signature(function, **named)
    empty = inspect.Parameter.empty
    told = [
        (each.name, int(each.kind), *(() if it is empty else (it,) for it in _both(each)))
        for each in signature.parameters.values()
    ]
    returned = signature.return_annotation
    return told, () if returned is empty else (returned,)


def _source(function: Any) -> tuple[list[str], int]:
    """The lines of a function, and how many stand before it in its cell."""
    lines, number = inspect.getsourcelines(function)
    return lines, max(number - 1, 0)


def _both(parameter: inspect.Parameter) -> tuple[Any, Any]:
    return parameter.default, parameter.annotation


def _import(name: str) -> Any:
    """A module, such as one that a cell has just written."""
    importlib.invalidate_caches()
    return importlib.import_module(name)


def _fields(value: Any) -> list[tuple[str, Any, tuple[Any, ...]]]:
    """A dataclass's fields: name, annotation, and a tuple of the default, empty without one."""
    return [
        (each.name, each.type, () if each.default is dataclasses.MISSING else (each.default,))
        for each in dataclasses.fields(value)
    ]


def _derive(name: str, bases: list[type], parts: list[Any], named: dict[str, Any]) -> type:
    """A class of the test's that derives from the student's.

    Args:
        name: its name.
        bases: its bases.
        parts: for each name in it, what is made (nothing, or a name in ``_WRAPPERS``) of what.
        named: keywords, for ``__init_subclass__`` or a metaclass.
    """
    made = {name: _WRAPPERS[wrapper](*values) for name, wrapper, values in parts}
    return types.new_class(name, tuple(bases), named, lambda space: space.update(made))


def _decorate(function: Any, name: str, bases: list[type], parts: list[Any]) -> tuple[type, Any]:
    """A class of the test's, and what the student's decorator makes of it."""
    made = _derive(name, bases, parts, {})
    return made, function(made)


_WRAPPERS: dict[str, Callable[..., Any]] = {
    "": lambda value: value,
    **{kind.__name__: kind for kind in (property, classmethod, staticmethod)},
    "cached_property": functools.cached_property,
}
_OURS: dict[str, Callable[..., Any]] = {
    "content": content,
    "derive": _derive,
    "decorate": _decorate,
    "fields": _fields,
    "import": _import,
    "super": super,
    "type": type,
    "next": _next,
    "enter": lambda manager: type(manager).__enter__(manager),
    "exit": _exit,
    "signature": _signature,
    "annotations": lambda value, named: inspect.get_annotations(value, **named),
    "hints": lambda value, named: typing.get_type_hints(value, **named),
    "source": _source,
    "attributes": lambda value, names: tuple(getattr(value, name) for name in names),
    "array": lambda value: type(value).__array__(value),
    "fspath": os.fspath,
    "trunc": math.trunc,
    "descriptor": lambda value, name, *arguments: getattr(type(value), name)(value, *arguments),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "begin": LOOP.begin,
    "waited": lambda _, *wait: LOOP.waited(*wait),
    "cancel": lambda _, number: LOOP.cancel(number),
    "aiter": aiter,
    "anext": LOOP.next_of,
    "aenter": lambda manager: LOOP.run(type(manager).__aenter__(manager)),
    "aexit": lambda manager, *error: LOOP.run(_exit_later(manager, *error)),
}
_BUILT_IN = (
    "getattr setattr delattr len iter reversed dir vars hash id str repr format "
    "int float complex bool bytes list tuple dict set frozenset "
    "round divmod sorted min max sum any all"
)
OPERATIONS: dict[str, Callable[..., Any]] = (
    {name: each for name, each in vars(operator).items() if name in operator.__all__}
    | {name: getattr(builtins, name) for name in _BUILT_IN.split()}
    | _OURS
)


def operate(name: str, arguments: Sequence[Any]) -> Any:
    """What an operation gives; raises what the student's code raises."""
    return OPERATIONS[name](*arguments)
