"""Runs test cells where no student can reach them."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import sys
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Protocol

from grader.errors import CourseError, DataError, RefereeError, SandboxError, causes
from grader.examiner import main_module, student_modules
from grader.examiner.cells import tracebacks
from grader.examiner.cells.blame import Blame, CellNames, blame, computed_alone
from grader.examiner.cells.cell_code import compiled
from grader.examiner.cells.finding import Finding, FindingKind, students_line
from grader.examiner.cells.kept_values import KEPT
from grader.examiner.names import DECORATOR
from grader.examiner.notes import add_note, notes_of
from grader.examiner.objects import length_hints, source_code, type_annotations
from grader.examiner.objects.exceptions import StudentRaised
from grader.examiner.objects.handles import is_handle
from grader.examiner.objects.noted_names import names_noted
from grader.examiner.proxies import Proxies
from grader.examiner.wanted import MAIN, wanted
from grader.language import N_, gettext

_PARTED = N_(
    "Your code changed in a later call what it was given before. While work is graded, the test's "
    "own data stay as they are: the test can ask your object for its data."
)
_IMPORTED = (FunctionType, BuiltinFunctionType, type)


class Looks(Protocol):
    """Where a test cell's names come from: ``Proxies``, or a kernel that tests itself."""

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined, with what they are for a test cell."""


class TimeUp(BaseException):
    """A test computed until its time was up, and asked little or nothing meanwhile."""


def examine(
    source: str,
    proxies: Looks,
    *,
    course: AbstractSet[str] | None = None,
    promised: str = "",
    module: contextlib.AbstractContextManager[ModuleType] | None = None,
    wanted: Callable[[str], AbstractSet[str]] = wanted,
) -> Finding:
    """Run a test cell in this process, with the student's names bound to proxies.

    Names that the student's kernel lacks stay unbound, so that using one raises ``NameError`` as in
    a notebook. Each cell has a namespace of its own, which is the module ``__main__`` for its time:
    ``unittest.main()`` finds there what the cell defines. As in a notebook, it may ``await``.

    Args:
        source: the instructor's test cell: trusted.
        proxies: of the student's kernel.
        course: the names that cells of the course's notebook bind: any other is a slip of the
            test's. None where the notebook is a student's.
        promised: texts of the course's solutions: a file that they name is the student's to write.
        module: in which the cell runs; None: one that is `__main__` for its time.
        wanted: the names that the cell wants of the student's kernel, by its text.

    Raises:
        CourseError: the test cell does what no test may do.
        SandboxError: this machine failed to give a second sandbox.
        DataError: the course's images cannot be read.
        RefereeError: the referee failed to carry out or to measure a training.
        TimeUp: as it was raised, where what the test computed rests on the student's work.
        BaseException: what ends the student's kernel or its time is no finding and passes through.
    """
    names = CellNames(frozenset(), course, promised)
    with module or main_module.of_a_test() as made, names_noted() as told:
        finding = _examined(source, proxies, vars(made), names, wanted)
    return replace(finding, made_up=frozenset(told))


def _examined(
    source: str,
    proxies: Looks,
    space: dict[str, Any],
    origin: CellNames,
    wanted: Callable[[str], AbstractSet[str]],
) -> Finding:
    """Bind the cell's names, run it, and say how it ended and whose fault an error is."""
    try:
        known = proxies.look(sorted(wanted(source)))
        space |= known
        written = student_modules.promised(origin.promised)
        own = frozenset(name for name in known if not _is_imported(name, known[name], proxies))
        origin = replace(origin, student=own | student_modules.bound(source, written))
        in_kernel: Callable[[str], Any] = importlib.import_module
        beside: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
        if isinstance(proxies, Proxies):
            in_kernel = partial(proxies.operate, "import")
            beside = proxies.replaced.beside(source, space, known)
        with (
            contextlib.redirect_stdout(io.StringIO()),
            source_code.asked_for(),
            length_hints.asked_for(),
            type_annotations.asked_for(),
            beside,
            student_modules.importable(written, in_kernel),
        ):
            _run(compiled(source, marks=DECORATOR in space, keeps=True), space)
    except (RefereeError, SandboxError, DataError, CourseError):
        raise
    except TimeUp as ended:
        if (found := computed_alone(ended, source, origin)) is None:
            raise
        return _finding(ended, found)
    except BaseException as error:
        if (found := blame(error, source, origin)) is None:
            raise
        if isinstance(error, AssertionError) and isinstance(proxies, Proxies):
            _explain_parted(error, proxies, space)
        return _finding(error, found)
    return Finding()


def _explain_parted(error: AssertionError, proxies: Proxies, space: dict[str, Any]) -> None:
    """Name the test's data that a later call has changed for the student's code alone."""
    if proxies.has_parted:
        parted = proxies.names_of_parted(space)
        names = ", ".join(f"`{name}`" for name in parted if not name.startswith(KEPT))
        add_note(error, f"{names}: {gettext(_PARTED)}" if names else gettext(_PARTED))


def _is_imported(name: str, value: Any, proxies: Looks) -> bool:
    """Whether a name is bound to a module, or to what the course's own cells import from one."""
    if isinstance(value, ModuleType):
        return True
    if is_handle(value):  # each attribute of it is a question to the kernel
        return False
    place = str(getattr(value, "__module__", None))
    module = sys.modules.get(place)
    if not isinstance(proxies, Proxies) or not isinstance(value, _IMPORTED) or module is None:
        return False
    if not isinstance(value, type) and name not in proxies.imported:
        return False  # the student's own name for a function of a library's
    # No cell imports what is built in: such a name is bound by the student's own code.
    return place not in (MAIN, "builtins") and getattr(module, value.__name__, None) is value


def _run(code: CodeType, space: dict[str, Any]) -> None:
    if not code.co_flags & inspect.CO_COROUTINE:
        exec(code, space)
        return
    coroutine = eval(code, space)  # a cell that awaits is a coroutine
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(coroutine)
        return
    with ThreadPoolExecutor(1) as beside:  # a notebook's own loop is running here
        beside.submit(asyncio.run, coroutine).result()


def _finding(error: BaseException, found: Blame) -> Finding:
    """What was raised, as text that can be written anywhere: half a character cannot."""
    # A class may be called nothing at all, and would look like a test that ran to its end.
    name = error.name if isinstance(error, StudentRaised) else type(error).__name__
    notes = " ".join(notes_of(error)) or students_line(error)
    name = name.strip() or "an exception without a name"
    message = _text(error) if found.message is None else found.message
    lost = f"{name}: {_text(error)}" if found.in_message else ""
    name, message, notes, code, lost = map(_writable, (name, message, notes, found.code, lost))
    came_to = tuple(map(_writable, found.came_to))
    quoted = _by_student(error)
    kind = found.kind or _kind(error)
    if quoted is None and (kind is FindingKind.STUMBLED or _may_name_arguments(kind, error)):
        quoted = message
    return Finding(kind, name, message, notes, quoted, found.line, code, lost, came_to)


def _may_name_arguments(kind: FindingKind, error: BaseException) -> bool:
    """Whether a library's function that the work returned says what the test gave it."""
    places = tracebacks.of_error(error)
    is_ours = bool(places) and tracebacks.module_of(places[-1].tb_frame).startswith("grader.")
    return kind is FindingKind.RAISED and not is_ours


def _by_student(error: BaseException | None) -> str | None:
    """The text of an exception that came from the student's kernel, or that a check tells of."""
    told = (each for each in causes(error) if getattr(each, "by_student", False) is True)
    return next(map(_text, told), None)


def _writable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _text(error: BaseException) -> str:
    """What an exception says; nothing where an object of the student's in it cannot be told."""
    try:
        return str(error)
    except Exception:
        return ""


def _kind(error: BaseException) -> FindingKind:
    """What an exception that ended a test cell means for a verdict, by itself."""
    match error:
        case AssertionError():  # ClaimFailed among them
            return FindingKind.REFUTED
        case NameError() if not isinstance(error, UnboundLocalError):
            return FindingKind.NAME_UNDEFINED
        case NotImplementedError():
            return FindingKind.NOT_IMPLEMENTED
        case StudentRaised(name="OutputLimit"):  # raised by the kernel agent
            return FindingKind.OUTPUT_LIMIT
        case _:
            return FindingKind.RAISED
