"""Seeds that a test sets hold for the student's code at the next question, too.

The examiner's own random state is secret: hidden questions follow from it. So it travels only once
the test itself has called a function that seeds, and what it is then follows from that call.
Nothing comes back: else a student's code would choose the numbers that the test draws next.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.examiner.replaced import replaced
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.surroundings import seeds

_OURS = "grader."  # modules whose calls are no test's


class Seeds:
    """Notes which generators a test has seeded, and sends their state where it changed."""

    def __init__(self) -> None:
        self._libraries: list[list[Any]] = []
        self._seeded: dict[str, Any] = {}  # generator: the state that was sent last

    @contextlib.contextmanager
    def held(self, source: str) -> Iterator[None]:
        """Note what the body seeds.

        Args:
            source: the test cell; a library that it does not name is not looked for.
        """
        self._libraries, self._seeded = [], {}
        with contextlib.ExitStack() as stack:
            for module, name, noted in self._watched(source):
                stack.enter_context(replaced(module, name, noted))
            yield

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add the states that the test has seeded and that are not as they were sent."""
        told: dict[str, Any] = {}
        if self._libraries:
            told["seeds"], self._libraries = self._libraries, []
        for name, state in (("python", seeds.python_state), ("numpy", seeds.numpy_state)):
            if name in self._seeded and _bits(now := state()) != self._seeded[name]:
                told[name], self._seeded[name] = now, _bits(now)
        if told:
            question["random"] = encoder.encode(told)

    def _watched(self, source: str) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
        yield random, "seed", self._noting("python", random.seed)
        yield np.random, "seed", self._noting("numpy", np.random.seed)
        for library, function in seeds.SEEDERS.items():
            if library not in source:
                continue
            with contextlib.suppress(ImportError, AttributeError):
                path, _, name = function.rpartition(".")
                module = functools.reduce(
                    getattr, path.split(".")[1:], importlib.import_module(library)
                )
                yield module, name, self._noting_library(library, getattr(module, name))

    def _noting(self, generator: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def seed(*arguments: Any, **named: Any) -> Any:
            done = original(*arguments, **named)
            if not _is_ours(sys._getframe(1)):
                self._seeded[generator] = None
            return done

        return seed

    def _noting_library(self, library: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def seed(*arguments: Any, **named: Any) -> Any:
            done = original(*arguments, **named)
            number = next(iter([*arguments, *named.values()]), None)
            if not _is_ours(sys._getframe(1)) and isinstance(number, (int, np.integer)):
                self._libraries.append([library, int(number)])
            return done

        return seed


def _is_ours(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(_OURS)


def _bits(state: Any) -> bytes:
    return repr(
        [part.tobytes() if isinstance(part, np.ndarray) else part for part in state]
    ).encode()
