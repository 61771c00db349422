"""How a cell of a student's went, in a word for the grader and one for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class End(Enum):
    """How a cell ended."""

    DONE = auto()
    RAISED = auto()
    LIMIT = auto()
    DIED = auto()
    FAULT = auto()


@dataclass(frozen=True)
class CellRun:
    """How one cell went. Its outputs stand in the notebook.

    Attributes:
        end: see ``End``.
        seconds: wall time.
        error: the exception's class name, empty unless it raised.
        message: the exception's text; or which limit was passed, or how Python died.
        alive: whether the kernel can go on.
    """

    end: End
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    alive: bool = True

    @property
    def description(self) -> str:
        """What happened, as the end of the sentence 'the cell ...'."""
        match self.end:
            case End.DONE:
                return "ran to its end"
            case End.RAISED:
                return f"ended with {self.error}: {self.message}".rstrip(": ")
            case End.LIMIT:
                return f"was stopped: {self.message}"
            case _:
                return f"ended Python itself ({self.message})"


class Ended(BaseException):
    """A question got no answer, since the kernel ended or time was up; carries the ``CellRun``."""

    def __init__(self, run: CellRun) -> None:
        super().__init__(run.description)
        self.run = run
