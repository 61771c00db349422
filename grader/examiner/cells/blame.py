"""Whose fault an error in a test cell is: the student's work, or the test itself.

The code that failed decides, and what it rests on: ``rows[0]`` is the student's matter where
``rows`` came from their function, and the test's where the test made it. What the student's own
code raised, and what a check found, is never the test's.
"""

from __future__ import annotations

import ast
import errno
import re
import sys
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any

from grader.errors import CannotTravel, GraderError
from grader.examiner.cells import asserted, tracebacks
from grader.examiner.cells.cell_code import TEST
from grader.examiner.cells.failing_code import Cell, basis, conditions
from grader.examiner.cells.finding import FindingKind, is_of_students_line
from grader.examiner.cells.taint import Taint
from grader.examiner.main_module import missing_in_main
from grader.examiner.objects.exceptions import StudentRaised
from grader.examiner.objects.handles import is_handle
from grader.sandbox.guest.data.counted import Unsendable

# Types of plain data: their methods are not the student's.
_DATA = frozenset(
    {"_io", "builtins", "collections", "datetime", "decimal", "fractions", "numpy"}
    | {"pandas", "pathlib", "scipy", "torch"}
)


_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class CellNames:
    """Where the names of a test cell come from.

    Attributes:
        student: those that were looked up in the student's kernel, or are imported from a module
            that the student was to write.
        course: those that cells of the course's notebook bind; None where that is not known.
        promised: texts of the course's solutions: a file that they name is the student's to write.
    """

    student: AbstractSet[str] = frozenset()
    course: AbstractSet[str] | None = None
    promised: str = ""


@dataclass(frozen=True)
class Blame:
    """What an error means, and where in the test it arose.

    Attributes:
        kind: of the finding; None where it means what the error itself says.
        line: of the test cell, from 1; 0: nowhere in it.
        code: that failed there.
        message: in place of the error's own text; None: that text.
        in_message: whether the message of an ``assert`` that does not hold could not be made.
        came_to: see ``Finding``.
    """

    kind: FindingKind | None
    line: int = 0
    code: str = ""
    message: str | None = None
    in_message: bool = False
    came_to: tuple[str, ...] = ()


def blame(error: BaseException, source: str, names: CellNames) -> Blame | None:
    """Say whose fault an error is that ended a test cell.

    Args:
        error: as it was raised, with its traceback.
        source: of the test cell.
        names: where its names come from.

    Returns:
        None for what is no finding at all: Ctrl-C, and what ends the kernel or its time.
    """
    traces = tracebacks.of_error(error)
    own = [i for i, trace in enumerate(traces) if tracebacks.file_of(trace.tb_frame) == TEST]
    cell = Cell(source) if own else None
    node = cell.node_at(traces[own[-1]]) if cell is not None else None
    if cell is None or node is None:
        if isinstance(error, SyntaxError) and not own:  # the cell itself is no Python
            return Blame(FindingKind.TEST_FAULT, error.lineno or 0)
        return Blame(None) if isinstance(error, Exception) else None
    line, code = traces[own[-1]].tb_lineno, cell.text(node)
    if _ends_a_message(error, cell, tracebacks.once(traces[i] for i in own)):
        return Blame(FindingKind.REFUTED, line, code, message="", in_message=True)
    frames = [trace.tb_frame for trace in traces[own[-1] :]]
    judged = _Failure(error, cell, node, frames, names).judged()
    is_own = type(error) is AssertionError and own[-1] == len(traces) - 1
    told = asserted.came_to(cell, node, frames[0]) if is_own else ()
    return None if judged is None else Blame(judged[0], line, code, judged[1], came_to=told)


def computed_alone(ended: BaseException, source: str, names: CellNames) -> Blame | None:
    """Where a test computed until its time was up; None if what it did rests on the work."""
    own = [each for each in tracebacks.of_error(ended) if tracebacks.file_of(each.tb_frame) == TEST]
    if not own:
        return None
    cell = Cell(source)
    taint = Taint(cell.tree, names.student)
    nodes = [node for node in map(cell.node_at, tracebacks.once(own)) if node is not None]
    if any(taint.rests(*basis(cell, node), *conditions(cell, node)) for node in nodes):
        return None
    code = cell.text(nodes[-1]) if nodes else ""
    return Blame(FindingKind.TEST_FAULT, own[-1].tb_lineno, code, str(ended))


def _ends_a_message(error: BaseException, cell: Cell, own: Iterable[TracebackType]) -> bool:
    """Whether an ``assert`` did not hold, and its message could not be made."""
    if not isinstance(error, Exception) or isinstance(error, AssertionError):
        return False
    nodes = map(cell.node_at, own)
    return any(node is not None and cell.in_message(node) for node in nodes)


_Found = tuple[FindingKind | None, str | None]


def _is_used_up(error: BaseException) -> bool:
    """Whether the process had no more memory, or a file was larger than it may be.

    A full disk is the machine's lack, and nobody's work.
    """
    large = isinstance(error, OSError) and error.errno == errno.EFBIG
    return large or isinstance(error, MemoryError)


class _Failure:
    """An error at a place of a test cell.

    Args:
        error: what was raised.
        cell: the test cell.
        node: its code that failed.
        frames: the frame of that code, and those that were called from there.
        names: where the cell's names come from.
    """

    def __init__(
        self,
        error: BaseException,
        cell: Cell,
        node: ast.AST,
        frames: Sequence[FrameType],
        names: CellNames,
    ) -> None:
        self._error, self._cell, self._node, self._names = error, cell, node, names
        self._frame, self._beyond = frames[0], frames[1:]
        self._taint = Taint(cell.tree, names.student)
        self._asked = any(_asks(tracebacks.module_of(each)) for each in self._beyond)

    def judged(self) -> _Found | None:
        """The kind of finding, and a message in place of the error's own."""
        if (told := _unittest_outcome(self._error)) is not None:
            return told
        if not isinstance(self._error, Exception):
            return self._no_exception()
        if isinstance(self._error, AssertionError | GraderError):
            return None, None
        if isinstance(self._error, CannotTravel | Unsendable):
            return FindingKind.TEST_FAULT, None
        if self._students_code_raised():
            return None, None
        return self._by_what_it_rests_on(), None

    def _no_exception(self) -> _Found | None:
        """``sys.exit()`` in a test, or what it raises itself; anything else is no finding."""
        if isinstance(self._error, SystemExit) or (
            isinstance(self._node, ast.Raise) and not self._beyond
        ):
            return (None if self._students_code_raised() else FindingKind.TEST_FAULT), None
        return None

    def _students_code_raised(self) -> bool:
        """Whether a line of the student's code raised it, here or in the kernel."""
        if isinstance(self._error, StudentRaised) or is_of_students_line(self._error):
            return True
        return any(
            tracebacks.module_of(each) == "__main__" and tracebacks.file_of(each) != TEST
            for each in self._beyond
        )

    def _by_what_it_rests_on(self) -> FindingKind | None:
        """The kind of what no line of the student's raised; None: it means what it says."""
        here = not self._beyond  # the cell's own code failed, and nothing that it called
        if here and isinstance(self._error, NameError) and self._error.name:
            return self._by_name(self._error.name)
        if here and (missing := missing_in_main(self._error)):
            return self._by_name(missing) or FindingKind.NAME_UNDEFINED
        if isinstance(self._error, ImportError) and not self._asked:
            return FindingKind.STUMBLED if self._imports_work() else FindingKind.TEST_FAULT
        if isinstance(self._error, AttributeError) and isinstance(self._error.obj, ModuleType):
            return FindingKind.TEST_FAULT  # a module of the test's has no such attribute
        if here and isinstance(self._node, ast.Raise):
            return FindingKind.REFUTED if self._raises_for_work() else FindingKind.TEST_FAULT
        if self._calls_the_work():
            return None
        if not (self._asked or self._rests() or self._misses_promised_file()):
            return FindingKind.TEST_FAULT
        # A check looks at answers before it goes on: what fails in it is a call of the work.
        modules = map(tracebacks.module_of, self._beyond)
        in_check = any(module.startswith("grader.checks.") for module in modules)
        return None if in_check else FindingKind.STUMBLED

    def _by_name(self, name: str) -> FindingKind | None:
        """Judge an undefined name: the student should have defined it, or the test has a slip."""
        course = self._names.course
        if isinstance(self._error, UnboundLocalError) or name in _bound_in(self._cell):
            return FindingKind.STUMBLED if self._rests() else FindingKind.TEST_FAULT
        return None if course is None or name in course else FindingKind.TEST_FAULT

    def _imports_work(self) -> bool:
        """Whether it imports what the student was to write."""
        aliases = getattr(self._node, "names", ()) if isinstance(self._node, _IMPORTS) else ()
        return any((each.asname or each.name) in self._names.student for each in aliases)

    def _rests(self) -> bool:
        parts = basis(self._cell, self._node)
        if _is_used_up(self._error):  # how often a loop runs counts, too
            parts = (*parts, *conditions(self._cell, self._node))
        return self._taint.rests(*parts)

    def _raises_for_work(self) -> bool:
        """Whether a ``raise`` rests on the work, or is in a function that gets some of it."""
        if self._taint.rests(self._node, *conditions(self._cell, self._node)):
            return True
        return any(
            isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
            and self._taint.called_with_work(each)
            for each in self._cell.around(self._node)
        )

    def _calls_the_work(self) -> bool:
        """Whether something of the student's was called; a method of plain data is not theirs."""
        if not isinstance(self._node, ast.Call) or not self._taint.rests(self._node.func):
            return False
        function = self._node.func
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            return True
        name = function.value.id
        value = self._frame.f_locals.get(name, self._frame.f_globals.get(name))
        # A handle of a class of Python's own, as of a file: its methods are no code of theirs.
        return (self._asked and not is_handle(value)) or not _is_data(value)

    def _misses_promised_file(self) -> bool:
        """Whether it is about a file that the student's code was to write."""
        if not isinstance(self._error, OSError):
            return False
        if any(self._taint.names_file(part) for part in basis(self._cell, self._node) if part):
            return True
        name = Path(str(self._error.filename or "")).name
        return bool(name) and name in self._names.promised


def _unittest_outcome(error: BaseException) -> _Found | None:
    """What pytest's and unittest's own exceptions say."""
    outcomes: Any = sys.modules.get("_pytest.outcomes")
    if outcomes is not None and isinstance(error, outcomes.OutcomeException):
        if type(error) is outcomes.Failed:
            return FindingKind.REFUTED, _in_words(str(error)) or None
        return FindingKind.TEST_FAULT, None
    unittest: Any = sys.modules.get("unittest")
    if unittest is not None and isinstance(error, unittest.SkipTest):
        return FindingKind.TEST_FAULT, None
    return None


def _in_words(message: str) -> str:
    """What pytest says where ``pytest.raises`` saw no exception, in a sentence."""
    missing = re.fullmatch(r"DID NOT RAISE (?:<class '(?:[\w<>]+\.)*)?(\w+)(?:'>)?", message)
    return f"The test expected {missing[1]} to be raised, and nothing was." if missing else message


def _asks(module: str) -> bool:
    """Whether a module of ours asks the student's kernel; ``surroundings`` never does."""
    return module.startswith("grader.examiner.") and "surroundings" not in module


def _is_data(value: Any) -> bool:
    """Whether it is plain data, or a file: no object whose methods are the student's."""
    return type(value).__module__.partition(".")[0] in _DATA


def _bound_in(cell: Cell) -> frozenset[str]:
    return frozenset(
        node.id
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
