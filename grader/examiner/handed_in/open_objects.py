"""What a student's code may do with an object that the test handed in.

This is a door into the examiner, so it is a list of what may pass, by the kind of object. Of
functions, only calls. Of instances of classes that the test defines, and of ``unittest.mock``'s
objects, public attributes and the special methods that Python's own operators use. Nothing of
modules, frames, code, or of libraries' objects.
"""

from __future__ import annotations

import collections
import io
import itertools
import sys
import types
from dataclasses import dataclass
from typing import Any

from grader.examiner.handed_in import library
from grader.sandbox.guest.data.changeable import is_changeable

_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "divmod")
_BITS = ("and", "or", "xor", "lshift", "rshift")
_COMPARED = ("eq", "ne", "lt", "le", "gt", "ge", "hash", "bool")
_HELD = ("len", "iter", "next", "getitem", "setitem", "delitem", "contains", "reversed")
_ALONE = ("neg", "pos", "abs", "invert", "round", "int", "float", "complex", "index")
_SPECIAL = frozenset(
    f"__{name}__"
    for name in (
        *_BINARY, *_BITS, *_COMPARED, *_HELD, *_ALONE, "call", "enter", "exit", "str", "repr",
        *(f"{side}{name}" for side in "ri" for name in (*_BINARY, *_BITS)),
    )
)  # fmt: skip

# What is harmless whatever it is called with: a test hands in `results.append`.
_HARMLESS = (
    *(list, dict, set, frozenset, tuple, str, bytes, bytearray, int, float, range, io.StringIO),
    *(collections.deque, collections.Counter, collections.OrderedDict, collections.defaultdict),
)
_PLAIN = ("builtins", "collections", "datetime", "enum", "types", "unittest.mock")
_CALLABLE_OF = ("numpy", "scipy", "functools", "operator")
_FILES = (io.TextIOWrapper, io.BufferedReader, io.BufferedWriter)
_FILE = frozenset(
    ("read", "readline", "readlines", "write", "writelines", "seek", "tell", "close", "flush",
     "readable", "writable", "seekable", "closed")
)  # fmt: skip
_EMPTY: tuple[Any, ...] = ([], (), "", set(), {}, {}.values(), {}.items(), range(0), b"")
_ITERATORS = (
    *map(type, map(iter, _EMPTY)),
    *(map, filter, zip, enumerate, reversed),
    *(kind for kind in vars(itertools).values() if isinstance(kind, type)),
)


@dataclass(frozen=True)
class Open:
    """An object that a student's code may ask.

    Attributes:
        value: the test's own object.
        kind: which stand-in the kernel makes: function, generator, iterator, class or object.
        methods: the special methods that may be called.
        attributes: the public attributes that may be read; None where all may, and may be set.
    """

    value: Any
    kind: str
    methods: frozenset[str]
    attributes: frozenset[str] | None = frozenset()

    def may_read(self, name: Any) -> bool:
        """Whether an attribute may be read."""
        if type(name) is not str or name.startswith("_") or not name.isidentifier():
            return False
        if _is_mock(self.value):
            of_mocks = dir(sys.modules["unittest.mock"].NonCallableMock)
            return name not in of_mocks and name != "method_calls"  # which each mock makes itself
        if self.attributes is not None:
            return name in self.attributes
        kind = self.value if isinstance(self.value, type) else type(self.value)
        return _is_from(kind, name) or not hasattr(kind, name)

    def may_set(self, name: Any) -> bool:
        """Whether an attribute may be set: a test's own methods are what it judges by."""
        return self.attributes is None and self.may_read(name) and not self._is_method(name)

    def _is_method(self, name: str) -> bool:
        """Whether an instance has a method of this name from its class."""
        if isinstance(self.value, type) or (owner := _owner(type(self.value), name)) is None:
            return False
        return isinstance(vars(owner)[name], types.FunctionType | classmethod | staticmethod)


def opened(value: Any) -> Open | None:
    """What a student's code may do with an object; None where it may do nothing."""
    if isinstance(value, type):
        return Open(value, "class", frozenset({"__call__"}), None) if is_own(value) else None
    if _is_mock(value) or is_own(type(value)) or type(value) is object:
        return Open(value, "object", special_methods(type(value)), None)
    if isinstance(value, types.GeneratorType):
        return Open(value, "generator", frozenset({"__next__", "send"}))
    if type(value) in _ITERATORS:
        return Open(value, "iterator", frozenset({"__next__"}))
    if isinstance(value, _FILES):
        file = frozenset({"__iter__", "__next__", "__enter__", "__exit__"})
        return Open(value, "object", file, _FILE)
    if _is_function(value):
        return Open(value, "function", frozenset({"__call__"}))
    return None


def special_methods(kind: type) -> frozenset[str]:
    """Those special methods of a class that a student's code may call."""
    return frozenset(name for name in _SPECIAL if _is_from(kind, name) and _is_defined(kind, name))


def _is_from(kind: type, name: str) -> bool:
    """Whether a class has an attribute from the test, or from one of Python's plain types.

    What it has from a library's class is not asked for: that is written for trusted callers.
    """
    owner = _owner(kind, name)
    return owner is not None and (is_own(owner) or owner.__module__ in _PLAIN)


def _is_defined(kind: type, name: str) -> bool:
    """Whether a class has a special method that is not every object's, nor switched off."""
    owner = _owner(kind, name)
    return owner not in (None, object) and vars(owner)[name] is not None


def _owner(kind: type, name: str) -> type | None:
    """The class that a class has an attribute from."""
    return next((base for base in kind.__mro__ if name in vars(base)), None)


def is_own(kind: type) -> bool:
    """Whether a class is defined by the test: by its cell, or by a module beside the notebook."""
    module = getattr(kind, "__module__", "")
    return (
        type(module) is str
        and module.partition(".")[0] != "grader"
        and not (library.is_library(module))
    )


def copied_owner(value: Any) -> Any:
    """What a method belongs to that the kernel gets a copy of, to call the method there."""
    owner = getattr(value, "__self__", None)
    is_method = isinstance(value, types.MethodType) or _is_method(value)
    copied = is_method and is_changeable(owner) and type(owner) not in _HARMLESS
    return owner if copied and not value.__name__.startswith("_") else None


def _is_function(value: Any) -> bool:
    """Whether an object may be called by a student's code: the test's functions, and harmless ones.

    A library's function that is found by name runs in the kernel.
    """
    if isinstance(value, types.FunctionType):
        return True
    if isinstance(value, types.MethodType):
        return _is_function(value.__func__) and _may_be_bound(value.__self__)
    if _is_method(value):
        owner, name = value.__self__, value.__name__
        if isinstance(owner, _FILES):
            return name in _FILE
        harmless = type(owner) in _HARMLESS or is_own(type(owner))
        return harmless and not name.startswith("_")
    top = type(value).__module__.partition(".")[0]
    return callable(value) and top in _CALLABLE_OF and not _wraps_library(value)


def _wraps_library(value: Any) -> bool:
    """Whether a library's function is called through another object: it would run here."""
    inner = [getattr(value, name, None) for name in ("__wrapped__", "pyfunc", "func")]
    return any(each is not None and library.name_of(each) for each in inner)


def _may_be_bound(owner: Any) -> bool:
    kind = owner if isinstance(owner, type) else type(owner)
    return is_own(kind) or _is_mock(owner)


def _is_method(value: Any) -> bool:
    """Whether an object is a method of an object that is not written in Python."""
    owner = getattr(value, "__self__", None)
    names = ("builtin_function_or_method", "cython_function_or_method", "method-wrapper")
    return (
        type(value).__name__ in names
        and owner is not None
        and not isinstance(owner, types.ModuleType | type)
    )


def _is_mock(value: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)
