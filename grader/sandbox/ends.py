"""How a sandbox came to its end: the answer to "what happened to this kernel?"."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import StrEnum


class EndReason(StrEnum):
    """Why a sandbox is gone; for the last three the student is not to blame."""

    EXITED = "exited"
    SIGNALLED = "killed by a signal"
    MEMORY_LIMIT = "memory limit"
    TIME_LIMIT = "time limit"
    OUTPUT_LIMIT = "output limit"
    MALFORMED = "malformed message"
    STOPPED = "stopped by the grader"
    HOST_MEMORY = "the machine ran out of memory"
    LOST = "lost"
    NOT_STARTED = "did not start"


@dataclass(frozen=True)
class End:
    """How a sandbox ended.

    Attributes:
        reason: see ``EndReason``.
        code: exit status of the kernel, or the signal's number where one killed it.
        detail: for the person who runs the grader, never for a student: first words on stderr.
    """

    reason: EndReason
    code: int | None = None
    detail: str = ""

    @property
    def innocent(self) -> bool:
        """Whether the grader or its machine is to blame, and so nobody may lose points by it."""
        return self.reason in {EndReason.HOST_MEMORY, EndReason.LOST, EndReason.NOT_STARTED}

    @classmethod
    def of_status(cls, status: int, detail: str = "") -> End:
        """Read an exit status as bubblewrap passes it on: 128 and more stand for a signal."""
        if status > 128 and status - 128 in set(signal.Signals):
            return cls(EndReason.SIGNALLED, status - 128, detail)
        return cls(EndReason.EXITED, status, detail)
