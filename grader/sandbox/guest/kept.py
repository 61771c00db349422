"""What the student's names were at the place of a test that is asked later."""

from __future__ import annotations

import contextlib
import copy
import sys
import types
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from typing import Any

from .name_patterns import picked

_LARGE = 16 << 20  # bytes of an array that is not held for a test: names of images are used again
# Neither can be copied, or only at a price; that they are the same object matters more.
_SAME = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_CALLS_NOTHING = ("keep", "look", "clock")
_LIBRARIES = frozenset({"keras", "tensorflow", "torch", "jax", "jaxlib", "matplotlib"})


class KeptNames:
    """Keeps names for tests that are asked after later cells have run.

    Those cells may bind the names of the place again, and those that functions of the place use; so
    all of them are put back for the time of a question, and names that were not defined there are
    not defined then. They may also change an object, so what the test itself uses is copied where
    that is possible.

    Args:
        namespace: returns the student's names.
    """

    def __init__(self, namespace: Callable[[], MutableMapping[str, Any]]) -> None:
        self._namespace = namespace
        self._used: dict[str, dict[str, Any]] = {}  # place: what its test uses
        self._all: dict[str, dict[str, Any]] = {}  # place: all names but the large
        self._large: dict[str, frozenset[str]] = {}  # place: names that are as they are now
        self._place = ""  # of the test that asks now
        self._there = False  # whether a question is being answered in its place

    def keep(self, place: str, names: list[str]) -> None:
        """Keep what names are now; ``names`` are those that the test of the place uses."""
        space = dict(self._namespace())
        self._used[place] = _copies({name: space[name] for name in picked(space, names)})
        self._large[place] = frozenset(name for name, value in space.items() if _is_large(value))
        self._all[place] = {
            name: value for name, value in space.items() if name not in self._large[place]
        }

    def look(self, place: str, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined, as they were where they were kept."""
        self._place = place
        if place and place in self._used:
            return self._used[place]
        space = self._namespace()
        return {name: space[name] for name in picked(list(space), names)}

    def bind(self, name: str, value: Any) -> Callable[[], None]:
        """Let a name of the student's be something else; returns what undoes that."""
        space = self._namespace()
        before = {name: space[name]} if name in space else None
        space[name] = value
        return partial(space.pop, name, None) if before is None else partial(space.update, before)

    def now(self, name: str) -> Any:
        """What a name of the student's is now; None where it is not defined."""
        return self._namespace().get(name)

    @contextlib.contextmanager
    def in_place(self, asked: str) -> Iterator[None]:
        """Put the names back as they were at the place of the test that asks now.

        Args:
            asked: what is asked; nothing is put back where no code of the student's is called.
        """
        calls = self._place and asked not in _CALLS_NOTHING
        then = self._all.get(self._place) if calls else None
        if then is None or self._there:  # one that is asked within another is there already
            yield
            return
        large = self._large[self._place]
        now = self._exchange(then, large)
        self._there = True
        try:
            yield
        finally:
            self._there = False
            # What the question has changed there counts for the next one, and for no cell.
            self._all[self._place] = self._exchange(now, large)

    def _exchange(self, names: dict[str, Any], large: frozenset[str]) -> dict[str, Any]:
        """Let these be the student's names, beside the large ones; returns those of before."""
        space = self._namespace()
        before = {name: value for name, value in space.items() if name not in large}
        for name in before.keys() - names.keys():
            del space[name]
        space.update(names)
        return before


def _copies(values: dict[str, Any]) -> dict[str, Any]:
    """The values, copied where they could be changed and a copy can be made."""
    shared: dict[int, Any] = {}
    return {name: _copy(value, shared) for name, value in values.items()}


def _copy(value: Any, shared: dict[int, Any]) -> Any:
    libraries = {str(base.__module__).partition(".")[0] for base in type(value).__mro__}
    if isinstance(value, _SAME) or libraries & _LIBRARIES or _is_large(value):
        return value
    try:
        return copy.deepcopy(value, shared)
    except Exception:  # generators, locks, open files; or a student's own __deepcopy__
        return value


def _is_large(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray and value.nbytes > _LARGE
