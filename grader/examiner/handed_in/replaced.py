"""What a test has replaced, as ``unittest.mock.patch`` does: attributes of modules, and names.

A student's code finds the replacements too: they travel with each question. A name of the student's
counts as replaced where the test says so, as with ``patch("__main__.roll")`` or
``patch.dict(globals(), roll=...)``. What the test's own code binds is the test's alone: it may be
what the test expects.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any

from grader.errors import CannotTravel
from grader.examiner.handed_in import library
from grader.examiner.handed_in.attributes import MISSING, Attribute, named_in
from grader.examiner.names import bound
from grader.sandbox.guest.callbacks.patches import is_used_by_us
from grader.sandbox.guest.data.encoder import Encoder

_SHADOWED = ("input", "print")
_PATCHED = "open"  # of the notebook, as ``patch("__main__.open")``; a test may have its own


class Replaced:
    """What is replaced from now on.

    Attributes:
        names: what the test cell defines: in a notebook, ``input = ...`` there is a name of the
            student's, too.
    """

    def __init__(self) -> None:
        self.names: Mapping[str, Any] = {}
        self._looked_up: Mapping[str, Any] = {}
        self._shadowed: tuple[str, ...] = _SHADOWED
        self._watched: list[Attribute] = []
        self._lifted: list[tuple[Attribute, Any]] | None = None  # what is put back for now
        self._stdin = sys.stdin

    @contextlib.contextmanager
    def beside(
        self, source: str, names: Mapping[str, Any], looked_up: Mapping[str, Any]
    ) -> Iterator[None]:
        """Watch a test cell; at its end, put back what it has not put back itself.

        Args:
            source: the test cell.
            names: what is defined in it, now and later.
            looked_up: what was there from the student's kernel.
        """
        own = bound(source)
        self.names = names
        self._looked_up = {name: looked_up[name] for name in looked_up if name not in own}
        self._shadowed = (*_SHADOWED, *({_PATCHED} - own))
        modules = [value for value in looked_up.values() if type(value) is ModuleType]
        self._watched = named_in(source, modules)
        try:
            yield
        finally:
            for each, _ in self._changed():
                each.put(each.value)
            self._watched = []

    def encoded(self, encoder: Encoder) -> dict[str, Any]:
        """The replacements, by place.

        Raises:
            CannotTravel: one of them holds for the test alone.
        """
        found = dict(self._now())
        with _put_back(self._changed()):  # after `functools.wraps`, one looks like it
            return {place: _encoded(place, value, encoder) for place, value in found.items()}

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """In the body, which is the grader's, let attributes that it uses be what they were."""
        if self._lifted is not None:
            yield
            return
        self._lift()
        try:
            yield
        finally:
            self._put()

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """In the body, which is the test's, let them be what the test has made of them."""
        self._put()
        try:
            yield
        finally:
            self._lift()

    def _lift(self) -> None:
        self._lifted = [(each, now) for each, now in self._changed() if is_used_by_us(each.place)]
        for each, _ in self._lifted:
            each.put(each.value)

    def _put(self) -> None:
        lifted, self._lifted = self._lifted or (), None
        for each, value in lifted:
            each.put(value)

    def _changed(self) -> list[tuple[Attribute, Any]]:
        return [(each, each.now()) for each in self._watched if _is_replaced(each)]

    def _now(self) -> Iterator[tuple[str, Any]]:
        changed = [*(self._lifted or ()), *self._changed()]
        yield from ((each.place, value) for each, value in changed)
        for name in self._shadowed:
            if name in self.names:
                yield f"builtins:{name}", self.names[name]
        for name, value in self._looked_up.items():
            if name in self.names and self.names[name] is not value:
                yield f"__main__:{name}", self.names[name]
        if sys.stdin is not self._stdin:
            yield "sys:stdin", sys.stdin


def _is_replaced(attribute: Attribute) -> bool:
    """Whether it is another value than before; a module that was loaded when needed is not."""
    if (now := attribute.now()) is attribute.value:
        return False
    are_modules = isinstance(attribute.value, ModuleType) and isinstance(now, ModuleType)
    return not (are_modules and library.name_of(now) is not None)


@contextlib.contextmanager
def _put_back(changed: list[tuple[Attribute, Any]]) -> Iterator[None]:
    """In the body, let attributes be what they were when the test began."""
    for each, _ in changed:
        each.put(each.value)
    try:
        yield
    finally:
        for each, value in changed:
            each.put(value)


def _encoded(place: str, value: Any, encoder: Encoder) -> Any:
    path = place.replace(":", ".")
    if value is MISSING:
        raise CannotTravel(
            f"the test takes {path} away: put a function there that raises an error, so that it "
            "holds for the student's code, too"
        )
    if "." in place.partition(":")[2] and _is_property(value):
        raise CannotTravel(
            f"the test puts what computes the attribute in place of {path}: put the value itself "
            "there"
        )
    try:
        return encoder.encode(value)
    except CannotTravel as error:
        raise CannotTravel(f"what the test puts in place of {path}: {error}") from error


def _is_property(value: Any) -> bool:
    """Whether an attribute of a class is computed by the test, as by ``PropertyMock``."""
    functions = (FunctionType, MethodType, staticmethod, classmethod)
    is_function = isinstance(value, functions) or library.name_of(value) is not None
    return hasattr(type(value), "__get__") and not is_function
