"""How a cell of a student's went: a status for the grader, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from grader.language import gettext


class CellStatus(Enum):
    """How a cell ended."""

    DONE = auto()
    RAISED = auto()
    LIMIT = auto()
    DIED = auto()
    FAULT = auto()


@dataclass(frozen=True)
class CellRun:
    """How one cell ended. Its outputs are in the notebook.

    Attributes:
        status: see ``CellStatus``.
        seconds: wall time.
        error: the exception's class name, empty unless it raised.
        message: the exception's text; or which limit was passed, or how the kernel ended.
        alive: whether the kernel can go on.
        where: which line of a student's cell raised it, as the end of 'in ...'; or empty.
        advice: what to do about it, in a sentence; or empty.
    """

    status: CellStatus
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    alive: bool = True
    where: str = ""
    advice: str = ""

    def of_questions(self, count: int, seconds: float) -> CellRun:
        """The same of the last of several questions, if it is their number that took the time."""
        if self.seconds > seconds / 2 or self.message != overrun(self.seconds):
            return self
        message = gettext(
            "time limit, {seconds:.0f} s for {count:,} questions of the test",
            seconds=seconds,
            count=count,
        )
        return replace(self, seconds=seconds, message=message)

    def in_other_kernel(self) -> CellRun:
        """The same of a second kernel: the first one can go on."""
        return replace(self, alive=True)

    @property
    def description(self) -> str:
        """What happened, as the end of the sentence 'the cell ...'."""
        match self.status:
            case CellStatus.DONE:
                return gettext("ran to its end")
            case CellStatus.RAISED:
                said = f"{self.error}: {self.message}".rstrip(": ")
                if not self.where:
                    return gettext("ended with {error}", error=said)
                error = said.rstrip(".")
                return gettext("ended with {error}, in {where}", error=error, where=self.where)
            case CellStatus.LIMIT:
                return gettext("was stopped: {reason}", reason=self.message)
            case _:
                return gettext("crashed the kernel ({reason})", reason=self.message)


def overrun(seconds: float) -> str:
    """Which limit was passed where something took so long."""
    return gettext("time limit, {seconds:.0f} s", seconds=seconds)


def sentence(text: str, advice: str = "") -> str:
    """A text with one full stop at its end, and advice behind it."""
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return f"{ended} {advice}" if advice else ended


class Ended(BaseException):
    """A question got no answer: the kernel ended, or time was up.

    Attributes:
        run: how the kernel or its time ended.
    """

    def __init__(self, run: CellRun) -> None:
        super().__init__(run.description)
        self.run = run
