"""What ``isinstance`` tells of a handle beside the student's classes: those that both sides have.

A handle of a matplotlib Axes is an Axes to ``isinstance``, one of a subclass of dict a dict. It is
said by ``__class__`` alone: the handle has nothing of that class. Classes that checks tell models
and records by (Keras') are never claimed.
"""

from __future__ import annotations

import abc
import builtins
import collections.abc
import inspect
import numbers
import sys
import types
import typing
from collections.abc import Mapping
from typing import Any

from grader.examiner.objects.kept import ClassFacts, facts_of
from grader.sandbox.guest.handles.abilities import KINDS

_LIBRARIES = frozenset(("matplotlib", "numpy", "pandas", "scipy", "sklearn", "torch"))
_MODULES = frozenset(
    ("re", "io", "_io", "csv", "functools", "itertools", "logging", "random", "string")
)
_ABSTRACT = {"abc": abc, "collections.abc": collections.abc, "numbers": numbers, "typing": typing}
_TELLING = frozenset(("__main__", "builtins", "doctest", "unittest", "test", "bdb", "pdb"))
_shadows: dict[tuple[str, type], type] = {}
_MOST_SHADOWS = 1000


def shown(kind: type) -> type:
    """The class that a handle of the class ``kind`` shows as its ``__class__``."""
    for each in type.__dict__["__mro__"].__get__(kind):
        if (facts := facts_of(each)) is None:
            continue
        if (real := _known(facts)) is not None:
            return real
        if facts.built_in is not None:
            return _shadow(facts.name, facts.built_in)
    return kind


def known(module: str, name: str) -> type | None:
    """What is loaded here by that name, of a library whose classes may be claimed; else None."""
    if module.partition(".")[0] not in _LIBRARIES and module not in _MODULES:
        return None
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) and found.__module__ == module else None


def abstract(described: Mapping[str, Any]) -> type | None:
    """The abstract class that both sides have by the name of a description; else None."""
    module = _ABSTRACT.get(str(described.get("module")))
    found = getattr(module, str(described.get("name")), None)
    return found if is_abstract(found) else None


def is_abstract(kind: Any) -> bool:
    """Whether a class is one from which others derive, such as ``ABC`` or ``Sequence``."""
    module = _ABSTRACT.get(str(getattr(kind, "__module__", "")))
    known = isinstance(kind, type) and getattr(module, kind.__name__, None) is kind
    return known and (
        inspect.isabstract(kind) or kind in (abc.ABC, typing.Generic, typing.Protocol)
    )


def pythons_own(name: str) -> type | None:
    """One of Python's own classes by its name."""
    kind = KINDS.get(name) or getattr(builtins, name, None)
    return kind if isinstance(kind, type) else None


def known_exception(module: str, name: str) -> type[Exception] | None:
    """The exception that is loaded here by that name, of a library or of Python's; else None.

    What a test or the grader itself raises to say something is not the student's to raise.
    """
    top = module.partition(".")[0]
    if top not in _LIBRARIES and (top not in sys.stdlib_module_names or top in _TELLING):
        return None
    found = getattr(sys.modules.get(module), name, None)
    known = isinstance(found, type) and issubclass(found, Exception)
    return found if known and found.__module__ == module else None


def _known(facts: ClassFacts) -> type | None:
    if facts.kept is None:
        kind = pythons_own(facts.name)
        return None if kind is object else kind
    return known(facts.module, facts.name)


def _shadow(name: str, built_in: type) -> type:
    """A subclass of a built-in class, named like the student's: it is only looked at."""
    if len(_shadows) > _MOST_SHADOWS:
        _shadows.clear()
    key = name, built_in
    if key not in _shadows:
        try:
            _shadows[key] = types.new_class(name, (built_in,))
        except TypeError:  # it takes no subclass
            return built_in
    return _shadows[key]
