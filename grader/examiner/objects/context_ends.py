"""Which errors in its block a student's context manager is told of, and may suppress."""

from __future__ import annotations

import dis
from types import TracebackType
from typing import Any

from grader.examiner.notes import add_note
from grader.examiner.objects.exceptions import kept_exception


def told(error: Any, trace: TracebackType | None) -> tuple[Any, str | None]:
    """What a context manager is told of an error: never the text of a test that failed."""
    if error is None:
        return None, None
    if (kept := kept_exception(error)) is not None:
        return kept, None
    return type(error).__name__, str(error) if _raised_by_test(error, trace) else None


def forgets(wanted: Any, error: Any, trace: TracebackType | None) -> bool:
    """Whether a student's context manager may suppress an error, as it asks to.

    It may forget what the test raises for it. It may not end what fails in the body: an assertion,
    a question, or a line that could not go on with an answer.
    """
    if error is None or wanted is not True:
        return False
    if not _raised_by_test(error, trace):
        if isinstance(error, Exception):
            add_note(
                error, "A context manager forgets only what a raise of the test itself raises."
            )
        return False
    return True


def _raised_by_test(error: Any, trace: TracebackType | None) -> bool:
    """Whether a ``raise`` in the test cell raised an error, and no ``assert``."""
    if trace is None or isinstance(error, AssertionError) or not isinstance(error, Exception):
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code.co_code
    raised = dis.opname[code[trace.tb_lasti]] == "RAISE_VARARGS"
    return raised and trace.tb_frame.f_globals.get("__name__") == "__main__"
