"""What a test has put in place of what a student's code uses, for one question.

A test may replace any attribute of a module, or of a class in it, as with ``unittest.mock.patch``:
``time.sleep``, ``pathlib.Path.exists``; and names of the notebook, which are those of the module
``__main__``. Then the student's code finds the replacement there, too.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ..data.decoder import Decoder

_NO_INPUT = "raw_input was called, but this frontend does not support input requests."
_MISSING = object()

# What no message needs. A student's threads find these replaced while others call the test, too.
_NOT_USED_BY_US = ("builtins:input", "builtins:print", "random:", "subprocess:", "time:sleep")


def is_used_by_us(place: str) -> bool:
    """Whether messages between kernel and examiner may need what is at a place themselves."""
    return not place.startswith(_NOT_USED_BY_US)


@dataclass
class _Replaced:
    """An attribute that is something else for the time of a question."""

    place: str
    owner: Any
    name: str
    before: Any
    value: Any
    is_over: bool = False

    def apply(self) -> None:
        if not self.is_over:
            setattr(self.owner, self.name, self.value)

    def undo(self) -> None:
        if self.before is not _MISSING:
            setattr(self.owner, self.name, self.before)
        elif self.name in vars(self.owner):
            delattr(self.owner, self.name)


class Patches:
    """What is replaced now."""

    def __init__(self) -> None:
        self._now: list[_Replaced] = []

    @contextlib.contextmanager
    def applied(
        self,
        patched: Mapping[str, Any],
        decoder: Decoder,
        bind: Callable[[str, Any], Callable[[], None]],
        named: Callable[[str], Any],
    ) -> Iterator[None]:
        """Replace attributes and names in the body.

        Args:
            patched: by place, such as ``random:randint``, the encoded replacements.
            decoder: for these.
            bind: lets a name of the notebook be something else; returns what undoes that.
            named: tells what a name of the notebook is; None where it is not defined.
        """
        with contextlib.ExitStack() as stack:
            read = _read_line if "sys:stdin" in patched else _refuse
            stack.callback(setattr, builtins, "input", builtins.input)
            builtins.input = read
            made: list[_Replaced] = []
            for place, encoded in patched.items():
                value = decoder.decode(encoded)
                if place.startswith("__main__:"):
                    stack.callback(bind(place.partition(":")[2], value))
                    continue
                made += _found(place, value)
                if place == "builtins:open" and is_ipythons_open(named("open")):
                    stack.callback(bind("open", value))
            stack.enter_context(self._in_force(made))
            yield

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """In the body, which sends messages, let what these need be what it was."""
        lifted = [each for each in self._now if is_used_by_us(each.place)]
        for each in reversed(lifted):
            each.undo()
        before, self._now = self._now, []
        try:
            yield
        finally:  # the question may have ended, where a thread of the student's was here
            self._now = [each for each in before if not each.is_over]
            for each in lifted:
                each.apply()

    @contextlib.contextmanager
    def _in_force(self, made: list[_Replaced]) -> Iterator[None]:
        before = self._now
        try:
            self._now = before + made
            for each in made:
                each.apply()
            yield
        finally:
            self._now = before
            for each in reversed(made):
                each.is_over = True
                each.undo()


def _found(place: str, value: Any) -> Iterator[_Replaced]:
    """The attribute of a place; none where the kernel has no such module: no code uses it."""
    module, _, path = place.partition(":")
    owner: Any
    *classes, name = path.split(".")
    try:
        owner = importlib.import_module(module)
        for each in classes:
            owner = getattr(owner, each)
    except (ImportError, AttributeError):
        return
    yield _Replaced(place, owner, name, vars(owner).get(name, _MISSING), value)


def is_ipythons_open(value: Any) -> bool:
    """Whether a notebook's name ``open`` is the one that IPython puts in front of Python's."""
    return isinstance(value, types.FunctionType) and vars(value).get("__wrapped__") is io.open


def _refuse(_: object = "") -> NoReturn:
    """Say that nobody answers, as in a cell that is graded."""
    from IPython.core.error import StdinNotImplementedError

    raise StdinNotImplementedError(_NO_INPUT)


def _read_line(prompt: object = "") -> str:
    """Read a line of what the test has put in place of the standard input."""
    print(prompt, end="")
    if not (line := sys.stdin.readline()):
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")
