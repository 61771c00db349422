"""Classes of a test's that the student's code decorates: they are made in the student's kernel.

A decorator adds methods to a class, wraps it, or derives from it, so it needs the class itself. Its
methods stay in the examiner, as those of a class that derives from a student's.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from grader.errors import CannotTravel
from grader.examiner.handed_in.open_objects import is_own
from grader.examiner.objects.derived import parts
from grader.examiner.objects.handles import kept_of
from grader.examiner.objects.kept import Kept, facts_of
from grader.sandbox.guest.data.counted import Malformed

# Python writes them into each class.
_MADE = frozenset(("__dict__", "__weakref__"))


def decorator(function: Any) -> Any:
    """What stands behind the ``@`` of a class; where it is a student's, it gets a class there."""
    if (kept := kept_of(function)) is None:
        return function

    def decorated(value: Any) -> Any:
        return _of_own(value, kept) if _is_ours(value) else function(value)

    return decorated


def _is_ours(value: Any) -> bool:
    return isinstance(value, type) and facts_of(value) is None and is_own(value)


def _of_own(value: type, kept: Kept) -> Any:
    """What a student's decorator makes of a class of the test's, in their kernel.

    Raises:
        CannotTravel: the class is one that cannot be made there.
    """
    if type(value) is not type or "__dataclass_fields__" in vars(value):
        raise CannotTravel(
            f"{value.__name__} is decorated by the student's code, and is a dataclass or of a "
            "metaclass: decorate an ordinary class, with an __init__ of its own"
        )
    if own := [base.__name__ for base in value.__bases__ if is_own(base)]:
        raise CannotTravel(
            f"{value.__name__} is decorated by the student's code, and derives from {own[0]}, "
            "which is the test's: write the methods into it"
        )
    body = [*parts(_namespace(value))]
    answer = kept.operate("decorate", value.__name__, list(value.__bases__), body)
    if type(answer) is not tuple or len(answer) != 2 or not isinstance(answer[0], type):
        raise Malformed("a class and what was made of it are due")
    made, decorated = answer
    for cell in _class_cells(value):
        cell.cell_contents = made
    return decorated


def _namespace(kind: type) -> dict[str, Any]:
    """What the body of a class has defined."""
    slots = types.MemberDescriptorType
    found = {
        name: value
        for name, value in vars(kind).items()
        if name not in _MADE and not isinstance(value, slots)
    }
    return found | {"__qualname__": kind.__qualname__}


def _class_cells(kind: type) -> Iterator[types.CellType]:
    """What ``super()`` and ``__class__`` are in the methods of a class."""
    for value in vars(kind).values():
        for name in ("__func__", "fget", "fset", "fdel", "func"):
            yield from _cells(getattr(value, name, None), kind)
        yield from _cells(value, kind)


def _cells(function: Any, kind: type) -> Iterator[types.CellType]:
    for cell in getattr(function, "__closure__", None) or ():
        try:
            if cell.cell_contents is kind:
                yield cell
        except ValueError:  # it is empty
            continue
