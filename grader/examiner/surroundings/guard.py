"""Keeps a test cell from running what a student's code wrote into a file, or returned as a text.

Files and texts come back from a student's kernel, and a test cell runs outside of every sandbox. To
unpickle or run them, or to start a program beside them, would run the student's code here; to open
a path that was returned would read any file of this machine (``places.py``). Python tells of each
of these ahead, and it is refused. This is a net for slips of a test's author, who is trusted; a
student's code cannot reach it.
"""

from __future__ import annotations
import __future__

import contextlib
import functools
import os
import sys
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from grader.errors import CourseError
from grader.examiner.surroundings import databases, places
from grader.examiner.surroundings.returned import Returned

_PROGRAMS = frozenset(
    {"os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_WATCHED = _PROGRAMS | places.WATCHED | {"exec", "open", "pickle.find_class"}
_IMPORTER = "importlib._bootstrap_external"
_OF_MODULES = (".py", ".pyc", ".so")
_FLAGS = (0, __future__.annotations.compiler_flag)  # what is compiled in ours inherits the second
_WAYS = tuple((mode, flags) for mode in ("exec", "eval", "single") for flags in _FLAGS)
_MOST_CODE = 200_000  # bytes that are compiled; what is longer is known by its names alone

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


@dataclass(frozen=True)
class Theirs:
    """What came from a student's kernel.

    Attributes:
        arrived: reads the files that came.
        names: the last parts of their names.
        returned: the texts that were returned.
        folder: tells where their files are, and the test's own; None where they are not apart.
    """

    arrived: Arrived = dict
    names: Callable[[], Container[str]] = tuple
    returned: Returned = field(default_factory=Returned)
    folder: Callable[[], Path | None] = lambda: None

    @property
    def texts(self) -> places.Texts:
        """What was returned, as it may name places."""
        return places.Texts(tuple(self.returned), self.returned.lost)


class _Guard:
    """What is watched now, in this process."""

    def __init__(self) -> None:
        self.theirs: Theirs | None = None
        self.refused: CourseError | None = None
        self.opened = {"own": False, "student": False}  # whose files were opened
        self.installed = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what would run a student's file; an audit hook."""
        if self.theirs is None or event not in _WATCHED:
            return
        if not _is_of_a_test(sys._getframe(1)):
            return
        imports = sys._getframe(1).f_globals.get("__name__") == _IMPORTER
        if event == "open":
            self._opened(arguments[0], arguments[2], self.theirs, imports)
        elif event in places.WATCHED:
            with unguarded() as theirs:
                if not imports:
                    places.refuse(event, arguments, theirs.texts, theirs.folder())
        elif not (imports and _is_elsewhere(arguments[0], self.theirs.folder())) and (
            self._runs_a_students(event, arguments, self.theirs)
        ):
            self.refused = CourseError(
                f"a test cell would run what a student's code wrote or returned ({event}): let the "
                "student's code do that, in a function that the test calls, and look at what it "
                "returns"
            )
            raise self.refused

    def _opened(self, path: Any, flags: int, theirs: Theirs, imports: bool) -> None:
        """Note whose file is opened; one that was opened by its number is nobody's."""
        if isinstance(path, (str, bytes)):
            name = Path(os.fsdecode(path)).name
            if name in theirs.names():
                self.opened["student"] = True
            elif not name.endswith(_OF_MODULES):
                self.opened["own"] = True
            folder = theirs.folder()
            if folder and (flags & os.O_CREAT or Path(os.fsdecode(path)).exists()):
                theirs.texts.require_elsewhere(os.fsdecode(path), folder, imports)

    def _runs_a_students(self, event: str, arguments: tuple[Any, ...], theirs: Theirs) -> bool:
        if event == "pickle.find_class":
            plain = arguments[1] in _PLAIN.get(arguments[0], ())
            return not plain and (self.opened["student"] or not self.opened["own"])
        with unguarded():  # files are read
            files = theirs.arrived()
        if event == "exec":
            texts = (*files.values(), *map(_in_bytes, theirs.returned))
            return _is_among(arguments[0], texts, theirs.returned.lost)
        return bool(files) or bool(theirs.returned)


_GUARD = _Guard()


@contextlib.contextmanager
def guarded(theirs: Theirs) -> Iterator[None]:
    """Refuse in the body what would run what is a student's.

    Args:
        theirs: what came from a student's kernel.

    Raises:
        CourseError: something was refused, also where the body caught the error.
    """
    if not _GUARD.installed:
        sys.addaudithook(_GUARD.hear)  # there is no way to remove it
        _GUARD.installed = True
    _GUARD.theirs, _GUARD.refused = theirs, None
    _GUARD.opened = {"own": False, "student": False}
    try:
        yield
    finally:
        _GUARD.theirs = None
    if _GUARD.refused is not None:  # libraries make errors of their own of it
        raise _GUARD.refused


@contextlib.contextmanager
def unguarded() -> Iterator[Theirs]:
    """Let the body, which is the judge's own, do what it needs; yields what is watched else."""
    before, _GUARD.theirs = _GUARD.theirs, None
    try:
        yield before or Theirs()
    finally:
        _GUARD.theirs = before


def _is_of_a_test(frame: FrameType | None) -> bool:
    """Whether a test cell, and no code of ours that it called, does it."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == "__main__":
            return True
        if name.startswith("grader.") and name not in (__name__, databases.__name__):
            return False
        frame = frame.f_back
    return False


def _is_elsewhere(code: Any, folder: Path | None) -> bool:
    """Whether a module that is imported lies outside of the test's folder: it is no student's."""
    return isinstance(code, CodeType) and not (
        folder and Path(os.path.realpath(code.co_filename)).is_relative_to(folder)
    )


def _is_among(code: Any, texts: Iterable[bytes], lost: bool) -> bool:
    """Whether code is that of one of the texts, or of a part; without names it does nothing.

    Args:
        code: that is about to run.
        texts: of the student's.
        lost: whether there were more: it may be that of any of them.
    """
    if not isinstance(code, CodeType) or not (names := _names(code) - {b"__doc__"}):
        return False
    whole = [text for text in texts if _may_be(text, names)]
    if lost or any(len(text) > _MOST_CODE and b"\0" not in text for text in whole):
        return True
    parts = (part for text in whole for part in _parts(text) if _may_be(part, names))
    return any(code in _compiled(part) for part in parts)


def _parts(text: bytes) -> Iterator[bytes]:
    """A text, and what a test may take out of it to run: its lines, its examples for doctest."""
    yield text
    yield from text.splitlines()
    if b">>>" in text:
        import doctest

        with contextlib.suppress(ValueError):  # it is laid out as no examples are
            examples = doctest.DocTestParser().get_examples(text.decode("utf-8", "replace"))
            yield from (example.source.encode("utf-8", "surrogatepass") for example in examples)


def _names(code: CodeType) -> set[bytes]:
    """All that code names, functions in it included."""
    inner = (_names(part) for part in code.co_consts if isinstance(part, CodeType))
    return {name.encode("utf-8", "replace") for name in code.co_names}.union(*inner)


def _may_be(text: bytes, names: Iterable[bytes]) -> bool:
    """Whether code of these names may be that of a text; compiling it would take longer.

    Python makes names with two underscores, and compiles nothing with a zero byte; a line of such
    a text may be code.
    """
    found = _as_python_reads(text)
    return found is None or all(name in found for name in names if b"__" not in name)


def _as_python_reads(text: bytes) -> bytes | None:
    """A text whose letters are those of Python's names; None if it is not in UTF-8."""
    if text.isascii():
        return text
    try:
        return unicodedata.normalize("NFKC", text.decode()).encode()
    except UnicodeDecodeError:
        return None


@functools.lru_cache(maxsize=256)
def _compiled(text: bytes) -> list[CodeType]:
    """A text as code, as a test cell may have compiled it; empty if it is no Python."""
    found: list[CodeType] = []
    for mode, flags in _WAYS:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found.append(compile(text.lstrip(b" \t"), "<file>", mode, flags, True))
    return found


def _in_bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
