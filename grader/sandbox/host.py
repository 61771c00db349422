"""Tries whether a sandbox works on this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import SandboxError
from grader.sandbox.client import run_kernel
from grader.sandbox.memory import MemoryBound, memory_bound
from grader.sandbox.policy import Policy
from grader.sandbox.provisioner import SandboxProvisioner
from grader.sandbox.warm.host import WarmParent


@dataclass(frozen=True)
class Host:
    """What the trial of a sandbox has shown.

    Attributes:
        bound: how memory is bounded.
        seconds: wall time until a kernel inside was ready.
    """

    bound: MemoryBound
    seconds: float


def try_sandbox(policy: Policy | None = None) -> Host:
    """Start a real sandbox and end it.

    Raises:
        SandboxError: it does not start; the message says what to do.
    """
    began = time.monotonic()

    async def attempt() -> float:
        async with run_kernel(policy):
            return time.monotonic() - began

    return Host(memory_bound(), asyncio.run(attempt()))


def try_warm_sandbox(policy: Policy, modules: Sequence[str]) -> Host:
    """Start a sandbox whose kernel a warm parent gives, and end both.

    Args:
        policy: of the parent.
        modules: names of what it imports.

    Raises:
        SandboxError: it does not start, or its kernel started cold; says why.
    """
    parent = WarmParent(policy, modules)
    try:
        parent.expect_ready()
        return asyncio.run(_warm(Policy(warm=parent.address)))
    finally:
        parent.close()


async def _warm(policy: Policy) -> Host:
    began = time.monotonic()
    async with run_kernel(policy) as (manager, _):
        assert isinstance(manager.provisioner, SandboxProvisioner)
        if not manager.provisioner.warm:
            reason = manager.provisioner.cold_reason
            raise SandboxError(f"the warm parent gave no kernel: {reason}")
        return Host(memory_bound(), time.monotonic() - began)
