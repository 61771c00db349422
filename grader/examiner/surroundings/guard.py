"""Keeps a test cell from running what a student's code wrote into a file.

Files come back from a student's kernel, and a test cell runs outside of every sandbox. To unpickle
such a file, to run it, or to start a program beside it would run the student's code here. Python
tells of each of these ahead, and it is refused. This is a net for slips of a test's author, who is
trusted; a student's code cannot reach it.
"""

from __future__ import annotations
import __future__

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from grader.errors import CourseError

_PROGRAMS = frozenset(
    {"os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_WATCHED = _PROGRAMS | {"exec", "open", "pickle.find_class"}
_OF_MODULES = (".py", ".pyc", ".so")
_FLAGS = (0, __future__.annotations.compiler_flag)  # what is compiled in ours inherits the second
_MOST_CODE = 200_000  # bytes of a file that may be Python

# What a pickle may name and still holds data alone.
_PLAIN: Mapping[str, frozenset[str]] = {
    "builtins": frozenset({"bytearray", "complex", "frozenset", "range", "set", "slice"}),
    "collections": frozenset({"Counter", "OrderedDict", "defaultdict", "deque"}),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "uuid": frozenset({"UUID"}),
    "numpy": frozenset({"dtype", "ndarray"}),
    "numpy._core.multiarray": frozenset({"_reconstruct", "scalar"}),
    "numpy._core.numeric": frozenset({"_frombuffer"}),
    "numpy.core.multiarray": frozenset({"_reconstruct", "scalar"}),
}

Arrived = Callable[[], Mapping[str, bytes]]
"""The files that came from a student's kernel, by their names."""


class _Guard:
    """What is watched now, in this process."""

    def __init__(self) -> None:
        self.arrived: Arrived | None = None
        self.names: Callable[[], Container[str]] = tuple
        self.refused: CourseError | None = None
        self.opened = {"own": False, "student": False}  # whose files were opened
        self.installed = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what would run a student's file; an audit hook."""
        if self.arrived is None or event not in _WATCHED:
            return
        if not _is_of_a_test(sys._getframe(1)):
            return
        if event == "open":
            self._opened(arguments[0])
        elif self._runs_a_students(event, arguments):
            self.refused = CourseError(
                f"a test cell would run what a student's code wrote or returned ({event}): let the "
                "student's code do that, in a function that the test calls, and look at what it "
                "returns"
            )
            raise self.refused

    def _opened(self, path: Any) -> None:
        """Note whose file is opened; one that was opened by its number is nobody's."""
        if isinstance(path, (str, bytes)):
            name = Path(os.fsdecode(path)).name
            if name in self.names():
                self.opened["student"] = True
            elif not name.endswith(_OF_MODULES):
                self.opened["own"] = True

    def _runs_a_students(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "pickle.find_class":
            plain = arguments[1] in _PLAIN.get(arguments[0], ())
            return not plain and (self.opened["student"] or not self.opened["own"])
        if event == "exec":
            return _is_among(arguments[0], self._files().values())
        return bool(self._files())

    def _files(self) -> Mapping[str, bytes]:
        """The files that came; they are read without this being told of it."""
        arrived, self.arrived = self.arrived, None
        try:
            return arrived() if arrived is not None else {}
        finally:
            self.arrived = arrived


_GUARD = _Guard()


@contextlib.contextmanager
def guarded(arrived: Arrived, names: Callable[[], Container[str]]) -> Iterator[None]:
    """Refuse in the body what would run a student's file.

    Args:
        arrived: reads the files that came from a student's kernel.
        names: the last parts of their names.

    Raises:
        CourseError: something was refused, also where the body caught the error.
    """
    if not _GUARD.installed:
        sys.addaudithook(_GUARD.hear)  # there is no way to remove it
        _GUARD.installed = True
    _GUARD.arrived, _GUARD.names, _GUARD.refused = arrived, names, None
    _GUARD.opened = {"own": False, "student": False}
    try:
        yield
    finally:
        _GUARD.arrived = None
    if _GUARD.refused is not None:  # libraries make errors of their own of it
        raise _GUARD.refused


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """Let the body, which is the judge's own, do what it needs."""
    before, _GUARD.arrived = _GUARD.arrived, None
    try:
        yield
    finally:
        _GUARD.arrived = before


def _is_of_a_test(frame: FrameType | None) -> bool:
    """Whether a test cell, and no code of ours that it called, does it."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == "__main__":
            return True
        if name.startswith("grader.") and name != __name__:
            return False
        frame = frame.f_back
    return False


def _is_among(code: Any, files: Iterable[bytes]) -> bool:
    """Whether code is that of one of the files; code that names nothing does nothing."""
    if not isinstance(code, CodeType) or set(code.co_names) <= {"__doc__"}:
        return False
    return any(code in _compiled(text) for text in files)


@functools.lru_cache(maxsize=256)
def _compiled(text: bytes) -> list[CodeType]:
    """A file as code, as a test cell may have compiled it; empty if it is no Python."""
    if len(text) > _MOST_CODE:
        return []
    try:
        return [compile(text, "<file>", "exec", flags, True) for flags in _FLAGS]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
