"""How a test cell ended, as the examiner tells it."""

from __future__ import annotations

import linecache
import traceback
from dataclasses import dataclass, field
from enum import Enum, auto

from grader.examiner.cells.cell_code import TEST
from grader.examiner.notes import notes_of

_LINE = "It was raised in "  # what a note begins with that names a line of the student's code


class FindingKind(Enum):
    """What the end of a test cell means for a verdict."""

    PASSED = auto()  # it ran to its end
    REFUTED = auto()  # an assertion or a check found the work wrong
    NAME_UNDEFINED = auto()  # a name that the test cell uses is not there
    NOT_IMPLEMENTED = auto()  # the stub of a solution cell was called
    OUTPUT_LIMIT = auto()  # the student's code printed more than it may
    STUMBLED = auto()  # the test could not go on with what the student's code gave it
    TEST_FAULT = auto()  # the test itself is wrong, whatever the student wrote
    RAISED = auto()  # anything else was raised


@dataclass(frozen=True)
class Finding:
    """How a test cell ended.

    Attributes:
        kind: see ``FindingKind``.
        error: class name of what the test cell raised; empty if it ran to its end.
        message: its text.
        note: what a check adds to it, in sentences.
        quoted: the text of an exception of the student's code, or one that may hold what their code
            answered, or what a function that it returned was given; None: of none.
        line: of the test cell where it ended, from 1; 0: nowhere in it.
        code: what failed there. It may be a hidden test's.
        lost_message: what the message of an ``assert`` raised while it was made.
        came_to: which ``assert`` without a message did not hold, and then a text for each of its
            values, which may be a hidden test's; nothing of all else.
        made_up: names that the student's code has chosen; see ``noted_names``.
    """

    kind: FindingKind = FindingKind.PASSED
    error: str = ""
    message: str = ""
    note: str = ""
    quoted: str | None = None
    line: int = field(default=0, compare=False)
    code: str = field(default="", compare=False)
    lost_message: str = field(default="", compare=False)
    came_to: tuple[str, ...] = field(default=(), compare=False)
    made_up: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def passed(self) -> bool:
        """Whether the test cell ran to its end."""
        return self.kind is FindingKind.PASSED


def students_line(error: BaseException) -> str:
    """Which line of a cell raised it, where a notebook tests itself; empty if none did."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, number in reversed(frames):
        file = frame.f_code.co_filename
        if frame.f_globals.get("__name__") == "__main__" and file != TEST:
            code = linecache.getline(file, number).strip()
            return f"{_LINE}line {number}, `{code}`." if code else ""
    return ""


def is_of_students_line(error: BaseException) -> bool:
    """Whether a note says that a line of the student's code raised it."""
    return any(note.startswith(_LINE) for note in notes_of(error))
