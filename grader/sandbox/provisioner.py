"""A Jupyter kernel provisioner that starts kernels inside the sandbox.

A kernelspec asks for it by name, and then any Jupyter client gets a sandboxed kernel:

    "metadata": {"kernel_provisioner": {"provisioner_name": "sandbox"}}

Its policy is the first of: the argument ``policy`` of ``start_kernel``, the attribute ``policy`` of
the kernel manager, the default policy.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from grader.errors import SandboxError
from grader.sandbox import memory
from grader.sandbox.launcher import start
from grader.sandbox.policy import CONNECTION, SOCKETS, Policy
from grader.sandbox.remedies import remedy
from grader.sandbox.sandbox_dir import SandboxDir
from grader.sandbox.sandbox_exit import EndReason, SandboxExit

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
KILL_SECONDS = 5.0


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one sandboxed kernel; ``end`` says how it ended."""

    policy: Policy
    directory: SandboxDir | None = None
    process: subprocess.Popen[bytes] | None = None  # the supervisor
    _end: SandboxExit | None = None
    _received: bytes = b""
    _ready: bool = False
    warm: bool = False  # whether a warm parent gave the kernel
    cold_reason: str = ""  # why it did not, where it should have

    @property
    def has_process(self) -> bool:
        """Whether there is a sandbox, or one that ended and was not yet waited for."""
        return self.process is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the directory and the sockets; ``KernelManager.pre_start_kernel`` calls this."""
        manager = self.parent
        assert manager is not None
        self.policy = kwargs.pop("policy", None) or getattr(manager, "policy", None) or Policy()
        if self.directory is None:
            self.directory = SandboxDir.make()
        self.directory.create()
        manager.transport = "ipc"
        manager.ip = self.directory.address
        manager.connection_file = str(self.directory.connection_file)
        for number, name in enumerate(PORTS, start=1):
            setattr(manager, name, number)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        kwargs.pop("env", None)  # students get no variable of ours
        spec = manager.format_kernel_cmd(extra_arguments=kwargs.pop("extra_arguments", []))
        kwargs["cmd"] = [
            part.replace(os.path.realpath(manager.connection_file), CONNECTION) for part in spec
        ]
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the sandbox and wait until its kernel is ready and its sockets are moved.

        Where a warm parent gives no kernel, for whichever reason, the kernel starts cold.

        Raises:
            SandboxError: it did not start.
        """
        end = await self._launch(self.policy, cmd)
        if end is not None and end.reason is EndReason.NOT_STARTED and self.policy.warm is not None:
            self.cold_reason = end.detail
            assert self.directory is not None
            self.directory.create()  # the supervisor has removed it
            end = await self._launch(dataclasses.replace(self.policy, warm=None), cmd)
        if end is not None:
            raise SandboxError(_refusal(end, cmd))
        return self.connection_info

    async def _launch(self, policy: Policy, cmd: list[str]) -> SandboxExit | None:
        """Start a supervisor and wait until the kernel is ready; else how the sandbox ended."""
        assert self.directory is not None
        bound = await asyncio.to_thread(memory.memory_bound)
        self._end, self._received, self._ready, self.warm = None, b"", False, False
        self.process = start(policy, cmd, self.directory, self._connection_inside(), bound)
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        while not self._ready:
            await asyncio.sleep(0.01)
            if await self.poll() is not None:
                await self.wait()
                return self._end or SandboxExit(EndReason.LOST)
        return None

    async def poll(self) -> int | None:
        """None while the sandbox lives; ``KernelManager.is_alive`` asks."""
        self._read_reports()
        if self.process is None:
            return 0
        if self._end is None and self.process.poll() is None:
            return None
        return self._status()

    async def wait(self) -> int | None:
        """Wait until nothing of the sandbox is left; called when a shutdown ends."""
        if self.process is None:
            return 0
        while self.process.poll() is None:
            await asyncio.sleep(0.02)
        self._read_reports()
        self._end = self._end or SandboxExit(EndReason.LOST)  # the supervisor itself was killed
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None
        return self._status()

    async def send_signal(self, signum: int) -> None:
        """Signal only the kernel's process; ``KernelManager.interrupt_kernel`` calls this."""
        self._command(f"signal {int(signum)}")

    async def kill(self, restart: bool = False) -> None:
        """Kill everything inside; the supervisor too, if it does not react."""
        await self.stop(EndReason.STOPPED)

    async def terminate(self, restart: bool = False) -> None:
        """The same as ``kill``: the kernel was asked to shut down before."""
        await self.stop(EndReason.STOPPED)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove all of it from the host; ``KernelManager.cleanup_resources`` calls this last."""
        if self.process is not None:
            await self.stop(EndReason.STOPPED)
            await self.wait()
        if self.directory is not None:
            bound = memory.memory_bound()
            if bound.parent:
                name = Path(bound.parent) / self.directory.folder.name
                memory.Group(name, 1 if bound.kind is memory.BoundKind.V1 else 2).remove()
            self.directory.remove()
            self.directory = self.directory if restart else None

    async def stop(self, reason: EndReason) -> None:
        """End the sandbox for a reason that only its client can see, such as too much output."""
        self._command(f"end {reason.value}")
        deadline = time.monotonic() + KILL_SECONDS
        while self.process is not None and self.process.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()  # and the sandbox dies with its parent
            await asyncio.sleep(0.02)

    def channel_lost(self) -> None:
        """Report that a client lost a channel: unless the kernel is exiting, it is ended."""
        self._command("lost")

    def pause_clock(self) -> None:
        """Stop the submission's clock, while the grader makes it wait."""
        self._command("pause")

    def resume_clock(self) -> None:
        """Let the submission's clock run on."""
        self._command("resume")

    def end(self) -> SandboxExit | None:
        """How the sandbox ended; None while it lives."""
        self._read_reports()
        return self._end

    def _connection_inside(self) -> bytes:
        """The connection file for the kernel: the same key, and the sockets' path inside."""
        key = self.connection_info["key"]
        assert isinstance(key, bytes)
        information = self.connection_info | {"ip": f"{SOCKETS}/k", "key": key.decode()}
        return json.dumps(information).encode()

    def _command(self, command: str) -> None:
        """Send the supervisor a command, if it has not ended."""
        if self.process is not None and self.process.stdin is not None:
            try:
                self.process.stdin.write(command.encode() + b"\n")
            except (BrokenPipeError, ValueError):
                return

    def _read_reports(self) -> None:
        """Read what the supervisor has reported."""
        if self.process is None or self.process.stdout is None or self.process.stdout.closed:
            return
        self._received += self.process.stdout.read() or b""
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            report = json.loads(line)
            if "end" in report:
                self._end = SandboxExit(EndReason(report["end"]), report["code"], report["detail"])
            self._ready = self._ready or "ready" in report
            self.warm = bool(report.get("warm", self.warm))

    def _status(self) -> int:
        """An exit status as ``Popen`` reports it: a signal is negative."""
        if self._end is None or self._end.code is None:
            return -9
        return -self._end.code if self._end.reason is EndReason.SIGNALLED else self._end.code


def _refusal(end: SandboxExit, command: Sequence[str]) -> str:
    """Why a sandbox did not start, in one line."""
    reason = end.detail or f"the kernel ended with status {end.code}"
    return f"the sandbox did not start {command[0]}: {reason}; {remedy(reason)}"
