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
from types import ModuleType
from typing import Any

from grader.errors import CannotTravel
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
        self._lifted: list[list[tuple[Attribute, Any]]] = []
        self._stdin = sys.stdin

    @contextlib.contextmanager
    def beside(
        self, source: str, names: Mapping[str, Any], looked_up: Mapping[str, Any]
    ) -> Iterator[None]:
        """Be beside a test cell; what it has not put back at its end is put back.

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
        return {place: _encoded(place, value, encoder) for place, value in self._now()}

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """In the body, let attributes that the grader uses itself be what they were."""
        self._lift()
        try:
            yield
        finally:
            for each, value in self._lifted.pop():
                each.put(value)

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """In the body, which is the test's, let them be what the test has made of them."""
        for each, value in self._lifted.pop():
            each.put(value)
        try:
            yield
        finally:
            self._lift()

    def _lift(self) -> None:
        lifted = [(each, now) for each, now in self._changed() if is_used_by_us(each.place)]
        for each, _ in lifted:
            each.put(each.value)
        self._lifted.append(lifted)

    def _changed(self) -> list[tuple[Attribute, Any]]:
        return [(each, now) for each in self._watched if (now := each.now()) is not each.value]

    def _now(self) -> Iterator[tuple[str, Any]]:
        yield from ((each.place, value) for each, value in self._changed())
        for name in self._shadowed:
            if name in self.names:
                yield f"builtins:{name}", self.names[name]
        for name, value in self._looked_up.items():
            if name in self.names and self.names[name] is not value:
                yield f"__main__:{name}", self.names[name]
        if sys.stdin is not self._stdin:
            yield "sys:stdin", sys.stdin


def _encoded(place: str, value: Any, encoder: Encoder) -> Any:
    path = place.replace(":", ".")
    if value is MISSING:
        raise CannotTravel(
            f"the test takes {path} away: put a function there that raises an error, so that it "
            "holds for the student's code, too"
        )
    try:
        return encoder.encode(value)
    except CannotTravel as error:
        raise CannotTravel(f"what the test puts in place of {path}: {error}") from error
