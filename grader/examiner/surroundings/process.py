"""Environment variables and arguments that a test sets hold for the student's code, too.

``mock.patch.dict(os.environ, ...)`` and ``mock.patch("sys.argv", ...)`` are how a test asks a
program for what it reads there. Only what the test itself set is sent.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from grader.sandbox.guest.data.encoder import Encoder


class Process:
    """Notes which variables and arguments a test sets, and puts them back after it."""

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}
        self._arguments: list[str] = []

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Begin with what is now, and end with it."""
        self._variables, self._arguments = dict(os.environ), list(sys.argv)
        try:
            yield
        finally:
            sys.argv = list(self._arguments)
            for name in os.environ.keys() - self._variables.keys():
                del os.environ[name]
            os.environ.update(self._variables)

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add the variables that the test set or removed, and its arguments."""
        now = os.environ
        told: dict[str, str | None] = {
            name: value for name, value in now.items() if self._variables.get(name) != value
        }
        told |= dict.fromkeys(self._variables.keys() - now.keys())
        if told:
            question["environment"] = encoder.encode(told)
        if sys.argv != self._arguments:
            question["argv"] = encoder.encode([str(argument) for argument in sys.argv])
