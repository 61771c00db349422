"""Runs test cells where no student can reach them."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import Any, Protocol

from grader.errors import RefereeError, SandboxError
from grader.examiner import names
from grader.examiner.mirrors import StudentRaised


class Looks(Protocol):
    """Where a test cell's names come from: ``Mirrors``, or a kernel that tests itself."""

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined, with what they are for a test cell."""


@dataclass(frozen=True)
class Finding:
    """What a test cell came to: nothing is wrong, or an exception's name and text.

    Attributes:
        error: class name of what the test cell raised; empty if it ran to its end.
        message: its text.
    """

    error: str = ""
    message: str = ""


def examine(source: str, mirrors: Looks) -> Finding:
    """Run a test cell in this process, with the student's names bound to mirrors.

    Names that the student's kernel lacks stay unbound, so that using one raises ``NameError`` as in
    a notebook. Each cell has a namespace of its own.

    Args:
        source: the instructor's test cell: trusted.
        mirrors: of the student's kernel.

    Raises:
        SandboxError: this machine failed to give a second sandbox.
        RefereeError: the referee failed to carry out or to measure a training.
        BaseException: what ends the student's kernel or its time is no finding and passes through.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        space |= mirrors.look(sorted(names.free(source)))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "<test>", "exec"), space)
    except (RefereeError, SandboxError):
        raise
    except StudentRaised as raised:
        return _finding(raised.name, raised)
    except Exception as error:
        return _finding(type(error).__name__, error)
    return Finding()


def _finding(name: str, error: Exception) -> Finding:
    """What was raised, as text that can be written anywhere: half a character cannot."""
    # A class may be called nothing at all, and would look like a test that ran to its end.
    texts = (name.strip() or "an exception without a name", str(error))
    return Finding(*(text.encode(errors="replace").decode() for text in texts))
