"""Keeps a test cell from running what a student's code wrote into a file, or returned as a text.

Files and texts come back from a student's kernel, and a test cell runs outside of every sandbox. To
unpickle or run them, or to start a program beside them, would run the student's code here; to open
a path that was returned would read any file of this machine (``places.py``). Python tells of each
of these ahead, and it is refused. This is a net for slips of a test's author, who is trusted; a
student's code cannot reach it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

from grader.errors import CourseError
from grader.examiner.surroundings import doctests, own_code, own_places, places
from grader.examiner.surroundings.own_code import PLAIN, OwnCode, are_in, as_python_reads, compiled
from grader.examiner.surroundings.own_code import names as names_of
from grader.examiner.surroundings.returned import Returned

_PROGRAMS = frozenset(
    {"os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_WATCHED = _PROGRAMS | places.WATCHED | {"exec", "open", "pickle.find_class"}
_READS_MODULES = "importlib._bootstrap_external"
_RUNS_MODULES = "importlib._bootstrap"
_OF_MODULES = (".py", ".pyc", ".so")
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

# What calls a library's function in a test's place: what that does, the test does.
STAND_IN_FRONT = frozenset(
    f"grader.examiner.{name}"
    for name in (
        *("objects.length_hints", "objects.source_code", "objects.type_annotations"),
        *("surroundings.databases", "surroundings.doctests", "surroundings.figures"),
        "surroundings.guard",
        *("surroundings.masks", "surroundings.outputs", "surroundings.seeds"),
    )
)

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
        tests: what the test cell may run of its own.
    """

    arrived: Arrived = dict
    names: Callable[[], Container[str]] = tuple
    returned: Returned = field(default_factory=Returned)
    folder: Callable[[], Path | None] = lambda: None
    tests: OwnCode = field(default_factory=OwnCode)

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
        self.numbers: Mapping[int, object] = {}  # of files that were open before the test
        self.installed = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what would run a student's file; an audit hook."""
        if self.theirs is None or event not in _WATCHED:
            return
        runs = sys._getframe(1)
        if not _is_of_a_test(runs):
            return
        imports = runs.f_globals.get("__name__") == _READS_MODULES
        if event == "open":
            self._opened(arguments[0], arguments[2], self.theirs, imports)
        elif event not in places.WATCHED:
            self._require_not_theirs(event, arguments, self.theirs, runs)
        elif not imports:
            with unguarded() as theirs:
                places.refuse(event, arguments, theirs.texts, theirs.folder())
        if not imports:
            self._require_own_place(event, arguments, self.theirs)

    def _require_not_theirs(
        self, event: str, arguments: tuple[Any, ...], theirs: Theirs, runs: FrameType
    ) -> None:
        """Refuse code, a class of a pickle or a program that may be a student's.

        Args:
            event: what is about to be done.
            arguments: of the event.
            theirs: what is the student's.
            runs: the frame that does it.
        """
        if _imports_from_elsewhere(runs, theirs.folder()):
            return
        if self._runs_a_students(event, arguments, theirs, runs):
            if runs is not None and runs.f_globals.get("__name__") == "doctest":
                self._refuse(
                    "doctest would run examples in a student's docstring, which is their code. "
                    f"{doctests.EXPECTED}"
                )
            self._refuse(
                f"a test cell would run what a student's code wrote or returned ({event}): "
                f"{own_code.EXPECTED}"
            )

    def _require_own_place(self, event: str, arguments: tuple[Any, ...], theirs: Theirs) -> None:
        if (folder := theirs.folder()) is None or not theirs.returned.answered:
            return
        if path := own_places.changed_elsewhere(event, arguments, folder):
            self._refuse(f"a test cell would change {path!r:.200} ({event}): {own_places.EXPECTED}")

    def _refuse(self, why: str) -> NoReturn:
        self.refused = CourseError(why)
        raise self.refused

    def _opened(self, path: Any, flags: int, theirs: Theirs, imports: bool) -> None:
        """Note whose file is opened; one opened by its descriptor belongs to neither side."""
        if not isinstance(path, (str, bytes)) and theirs.returned.answered:
            places.require_new(path, self.numbers)
        if isinstance(path, (str, bytes)):
            name = Path(os.fsdecode(path)).name
            if name in theirs.names():
                self.opened["student"] = True
            elif not name.endswith(_OF_MODULES):
                self.opened["own"] = True
            folder = theirs.folder()
            if folder and (flags & os.O_CREAT or Path(os.fsdecode(path)).exists()):
                theirs.texts.require_elsewhere(os.fsdecode(path), folder, imports)

    def _runs_a_students(
        self, event: str, arguments: tuple[Any, ...], theirs: Theirs, runs: FrameType
    ) -> bool:
        if event == "pickle.find_class" and arguments[1] in _PLAIN.get(arguments[0], ()):
            return False
        with unguarded():  # files are read
            files = theirs.arrived()
        texts = (*files.values(), *map(_in_bytes, theirs.returned))
        if event == "pickle.find_class":
            return not self._read_own or all(are_in([each], texts) for each in arguments)
        if event != "exec":
            return bool(files) or bool(theirs.returned)
        if not isinstance(code := arguments[0], CodeType):
            return False
        if _is_among(code, texts, theirs.returned.lost):
            return True
        if not (files or theirs.returned.answered):
            return False
        return not theirs.tests.wrote(code, runs, texts, self._read_own)

    @property
    def _read_own(self) -> bool:
        """Whether the test has read a file of its own, and none of a student's."""
        return self.opened["own"] and not self.opened["student"]


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
    _GUARD.numbers = places.open_numbers()
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
    """Whether the test cell itself does it, and no code of ours that it called."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == "__main__":
            return True
        if name.startswith("grader.") and name not in STAND_IN_FRONT:
            return False
        frame = frame.f_back
    return False


def _imports_from_elsewhere(runs: FrameType, folder: Path | None) -> bool:
    """Whether a module is imported from outside of the test's folder: it is no student's.

    The place is what Python found it by; a student's ``.pyc`` may name any other.

    Args:
        runs: the frame that runs something.
        folder: the test's own; None where it is not apart.
    """
    if folder is None or runs.f_globals.get("__name__") != _RUNS_MODULES:
        return False
    match runs.f_locals.get("args"):
        case (CodeType(), {"__spec__": ModuleSpec(has_location=True, origin=str(place))}):
            return not Path(os.path.realpath(place)).is_relative_to(folder)
    return False


def _is_among(code: CodeType, texts: Iterable[bytes], lost: bool) -> bool:
    """Whether code is that of one of the texts, or of a part; without names it does nothing.

    Args:
        code: that is about to run.
        texts: of the student's.
        lost: whether there were more: it may be that of any of them.
    """
    named = names_of(code) - PLAIN - {"__doc__"}
    if not (names := {name.encode("utf-8", "replace") for name in named}):
        return False
    whole = [text for text in texts if _may_be(text, names)]
    if lost or any(len(text) > _MOST_CODE and b"\0" not in text for text in whole):
        return True
    parts = (part for text in whole for part in _parts(text) if _may_be(part, names))
    return any(code in compiled(part) for part in parts)


def _parts(text: bytes) -> Iterator[bytes]:
    """A text, and what a test may take out of it to run: its lines, its examples for doctest."""
    yield text
    yield from text.splitlines()
    if b">>>" in text:
        import doctest

        with contextlib.suppress(ValueError):  # it is laid out as no examples are
            examples = doctest.DocTestParser().get_examples(text.decode("utf-8", "replace"))
            yield from (example.source.encode("utf-8", "surrogatepass") for example in examples)


def _may_be(text: bytes, names: Iterable[bytes]) -> bool:
    """Whether code of these names may be that of a text; compiling it would take longer.

    Python makes names with two underscores, and compiles nothing with a zero byte; a line of such
    a text may be code.
    """
    found = as_python_reads(text)
    return found is None or all(name in found for name in names if b"__" not in name)


def _in_bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
