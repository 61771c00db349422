"""Whether this machine can give a sandbox, and what to do where it cannot."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from grader.sandbox.client import run_kernel
from grader.sandbox.memory import MemoryBound, memory_bound
from grader.sandbox.policy import Policy


@dataclass(frozen=True)
class Host:
    """What a tried sandbox has shown.

    Attributes:
        bound: how memory is held.
        seconds: wall time until a kernel inside was ready.
    """

    bound: MemoryBound
    seconds: float


def try_sandbox(policy: Policy | None = None) -> Host:
    """Start a real sandbox and end it.

    Raises:
        SandboxError: it is not to be had; the message says what to do.
    """
    began = time.monotonic()

    async def attempt() -> float:
        async with run_kernel(policy):
            return time.monotonic() - began

    return Host(memory_bound(), asyncio.run(attempt()))
