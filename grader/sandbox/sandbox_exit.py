"""Why and how a sandbox ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import StrEnum


class EndReason(StrEnum):
    """Why a sandbox ended; the last three are never the student's fault."""

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
class SandboxExit:
    """How a sandbox ended.

    Attributes:
        reason: see ``EndReason``.
        code: exit status of the kernel, or the signal's number where one killed it.
        detail: the beginning of stderr, for the operator; never shown to students.
    """

    reason: EndReason
    code: int | None = None
    detail: str = ""

    @classmethod
    def from_status(cls, status: int) -> SandboxExit:
        """Read an exit status as bubblewrap reports it: above 128 it is 128 plus a signal."""
        if status > 128 and status - 128 in set(signal.Signals):
            return cls(EndReason.SIGNALLED, status - 128)
        return cls(EndReason.EXITED, status)
