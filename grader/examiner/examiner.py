"""Runs test cells where no student can reach them."""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from grader.errors import CourseError, DataError, RefereeError, SandboxError
from grader.examiner import names
from grader.examiner.proxies import StudentRaised
from grader.sandbox.guest.values import Unsendable

_TEST = "<test>"  # the file name of test cells in tracebacks


class Looks(Protocol):
    """Where a test cell's names come from: ``Proxies``, or a kernel that tests itself."""

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined, with what they are for a test cell."""


class FindingKind(Enum):
    """What the end of a test cell means for a verdict."""

    PASSED = auto()  # it ran to its end
    REFUTED = auto()  # an assertion or a check found the work wrong
    NAME_UNDEFINED = auto()  # a name that the test cell uses is not there
    NOT_IMPLEMENTED = auto()  # the stub of a solution cell was called
    OUTPUT_LIMIT = auto()  # the student's code printed more than it may
    RAISED = auto()  # anything else was raised


@dataclass(frozen=True)
class Finding:
    """How a test cell ended.

    Attributes:
        kind: see ``FindingKind``.
        error: class name of what the test cell raised; empty if it ran to its end.
        message: its text.
        note: what a check adds to it, in sentences.
        quoted: the text of an exception of the student's code, which these tell; None: of none.
    """

    kind: FindingKind = FindingKind.PASSED
    error: str = ""
    message: str = ""
    note: str = ""
    quoted: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the test cell ran to its end."""
        return self.kind is FindingKind.PASSED


def examine(source: str, proxies: Looks) -> Finding:
    """Run a test cell in this process, with the student's names bound to proxies.

    Names that the student's kernel lacks stay unbound, so that using one raises ``NameError`` as in
    a notebook. Each cell has a namespace of its own.

    Args:
        source: the instructor's test cell: trusted.
        proxies: of the student's kernel.

    Raises:
        CourseError: the test cell imports what is not installed, hands over what is too large, or
            does what no test may do.
        SandboxError: this machine failed to give a second sandbox.
        DataError: the course's images cannot be read.
        RefereeError: the referee failed to carry out or to measure a training.
        BaseException: what ends the student's kernel or its time is no finding and passes through.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        space |= proxies.look(sorted(names.free(source)))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, _TEST, "exec"), space)
    except (RefereeError, SandboxError, DataError, CourseError):
        raise
    except Unsendable as error:
        raise CourseError(
            f"a test cell hands over {error}: ask with less, or in several calls"
        ) from error
    except Exception as error:
        if type(error) is ModuleNotFoundError and _raised_by_test(error):
            raise CourseError(
                f"a test cell imports {error.name}, which is not installed where tests run: "
                "install it in the grader's environment"
            ) from error
        return _finding(error)
    return Finding()


def _raised_by_test(error: Exception) -> bool:
    """Whether a line of the test cell raised it: no code of the student's, nor of a check's."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return frame.f_code.co_filename == _TEST


def _finding(error: Exception) -> Finding:
    """What was raised, as text that can be written anywhere: half a character cannot."""
    # A class may be called nothing at all, and would look like a test that ran to its end.
    name = error.name if isinstance(error, StudentRaised) else type(error).__name__
    notes = " ".join(getattr(error, "__notes__", ())) or _in_cell(error)
    texts = (name.strip() or "an exception without a name", str(error), notes)
    said, message, note = (text.encode(errors="replace").decode() for text in texts)
    return Finding(_kind(error), said, message, note, _by_student(error))


def _by_student(error: BaseException | None) -> str | None:
    """The text of an exception that came from the student's kernel, or that a check tells of."""
    while error is not None:
        if getattr(error, "by_student", False) is True:
            return str(error)
        error = error.__cause__
    return None


def _in_cell(error: Exception) -> str:
    """Which line of a cell raised it, where a notebook tests itself; empty if none did."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, number in reversed(frames):
        file = frame.f_code.co_filename
        if frame.f_globals.get("__name__") == "__main__" and file != _TEST:
            code = linecache.getline(file, number).strip()
            return f"It was raised in line {number}, `{code}`." if code else ""
    return ""


def _kind(error: Exception) -> FindingKind:
    """What an exception that ended a test cell means for a verdict."""
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
