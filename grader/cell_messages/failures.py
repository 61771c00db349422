"""What a student is told of an exception that ended a cell, instead of its traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.cell_messages import test_cells
from grader.cell_messages.frames import CellFrame
from grader.errors import CannotTravel, ClaimFailed, GraderError
from grader.language import gettext

_LENGTH = 2000  # characters of a message that are shown

# What the line of a stub says, or the line above it.
_NOT_WRITTEN, _YOUR_CODE = "Not written yet", "YOUR CODE HERE"


@dataclass(frozen=True)
class Failure:
    """An exception, for the student.

    Attributes:
        verdict: what it means for the claim, in a word or two; or the exception's name.
        message: what was found, and what was expected.
        hint: what to do next; or empty.
        places: of the test cell and of the student's code, the outermost first.
    """

    verdict: str
    message: str
    hint: str = ""
    places: tuple[CellFrame, ...] = ()


def explained(error: BaseException, frames: Sequence[CellFrame]) -> Failure | None:
    """The failure to show for an exception; None where its traceback says more.

    Args:
        error: what ended a cell.
        frames: of the cells in its traceback.
    """
    places = tuple(frames)
    test = places[0].source if places and test_cells.is_claim(places[0].source) else ""
    if _not_written(error, places):
        return _of_stub(places, bool(test))
    if test and isinstance(error, NameError) and not _is_students(places):
        return _of_missing_name(error, places)
    if _is_refutation(error) and (isinstance(error, ClaimFailed) or not _is_students(places)):
        message = _text(error) or _broken_assert(places)
        hint = _notes(error) or test_cells.comment(test, "Hint")
        return Failure(gettext("Failed"), message, "" if hint in message else hint, places)
    if isinstance(error, GraderError | CannotTravel):
        return Failure(type(error).__name__, _text(error), "", places)
    return None


def _of_stub(places: Sequence[CellFrame], in_test: bool) -> Failure:
    name = places[-1].function
    message = (
        gettext("`{name}` is not written yet.", name=name)
        if name
        else gettext("This cell is not written yet.")
    )
    hint = gettext("Replace the line that begins with `raise` by your solution, and run its cell.")
    again = gettext("Then run this test again.") if in_test else ""
    return Failure(gettext("Not attempted"), message, f"{hint} {again}".strip(), tuple(places))


def _of_missing_name(error: NameError, places: Sequence[CellFrame]) -> Failure:
    hint = gettext("Run the cell above that defines it, then this one again; check the spelling.")
    message = gettext("`{name}` is not defined.", name=error.name or "")
    return Failure(gettext("Not attempted"), message, hint, tuple(places))


def _is_students(places: Sequence[CellFrame]) -> bool:
    """Whether code of the student's raised it: the innermost frame stands in no test cell."""
    return bool(places) and not test_cells.is_claim(places[-1].source)


def _is_refutation(error: BaseException) -> bool:
    """Whether an ``assert`` or a check did not hold; pytest's ``fail`` among them."""
    pytests = type(error).__name__ == "Failed" and type(error).__module__.startswith("_pytest")
    return isinstance(error, AssertionError) or pytests


def _not_written(error: BaseException, places: Sequence[CellFrame]) -> bool:
    """Whether it is the stub of a solution cell that was raised."""
    if not isinstance(error, NotImplementedError) or not _is_students(places):
        return False
    raised = places[-1]
    above = "".join(raised.source.splitlines()[max(0, raised.line - 2) : raised.line - 1])
    return _YOUR_CODE in above or _text(error).startswith(_NOT_WRITTEN)


def _broken_assert(places: Sequence[CellFrame]) -> str:
    """What does not hold, where an ``assert`` of the test has no message."""
    return gettext("This does not hold: `{code}`", code=places[-1].code) if places else ""


def _notes(error: BaseException) -> str:
    """What a check notes beside what it found: what to do next."""
    return " ".join(map(str, getattr(error, "__notes__", ())))[:_LENGTH]


def _text(error: BaseException) -> str:
    """What an exception says; nothing, where an object of the student's in it cannot be told."""
    try:
        return str(error)[:_LENGTH]
    except Exception:
        return ""
