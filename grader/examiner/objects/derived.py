"""Classes of a test's that derive from a student's: they are made in the student's kernel.

Their methods stay in the examiner, as all functions do that a test hands in: the student's code
calls them with the object, which is a handle here. ``super()`` in them asks the kernel.
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from grader.errors import CannotTravel
from grader.examiner.handed_in.open_objects import is_own
from grader.examiner.objects.kept import Kept, facts_of

# What is made of functions there, and of which attributes of it here.
_WRAPPERS: Mapping[type, tuple[str, ...]] = {
    property: ("fget", "fset", "fdel", "__doc__"),
    classmethod: ("__func__",),
    staticmethod: ("__func__",),
    functools.cached_property: ("func",),
}


def kept_base(bases: tuple[type, ...]) -> Kept | None:
    """The first of some classes that is a student's; None where none is."""
    facts = (facts_of(base) for base in bases)
    return next((each.kept for each in facts if each is not None and each.kept is not None), None)


def derived(
    base: Kept,
    name: str,
    bases: tuple[type, ...],
    namespace: dict[str, Any],
    named: dict[str, Any],
) -> type:
    """The class that a ``class`` statement of a test makes.

    Args:
        base: one of its bases, a student's.
        name: its name.
        bases: all of its bases.
        namespace: what its body has defined.
        named: keywords of the statement.

    Raises:
        CannotTravel: it also derives from a class of the test's.
    """
    for each in bases:
        if facts_of(each) is None and is_own(each):
            raise CannotTravel(
                f"{name} derives from a class of the student's, and from {each.__name__}, which is "
                "the test's: derive it from the student's alone, and write the methods into it"
            )
    cell = namespace.pop("__classcell__", None)
    made: type = base.asks.operate("derive", name, list(bases), [*parts(namespace)], named)
    if cell is not None:  # what `super()` and `__class__` are in the methods
        cell.cell_contents = made
    return made


def parts(namespace: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Any]]]:
    """Each name, with what is made for it and from what."""
    for name, value in namespace.items():
        if (attributes := _WRAPPERS.get(type(value))) is None:
            yield name, "", [value]
        else:
            yield name, type(value).__name__, [getattr(value, each) for each in attributes]


def super_of(*arguments: Any) -> Any:
    """``super`` of a test cell: of an object of the student's it is asked in their kernel."""
    if not arguments:
        frame = sys._getframe(1)
        arguments = _of_method(frame.f_locals, frame.f_code.co_varnames[:1])
    kept = kept_base(arguments[:1]) if isinstance(arguments[0], type) else None
    return builtins.super(*arguments) if kept is None else kept.asks.operate("super", *arguments)


def _of_method(names: Mapping[str, Any], first: tuple[str, ...]) -> tuple[Any, Any]:
    """The class in whose body a method stands, and its first argument."""
    if "__class__" not in names or not first or first[0] not in names:
        raise RuntimeError("super(): no arguments, and not in a method of a class")
    return names["__class__"], names[first[0]]
