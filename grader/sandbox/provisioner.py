"""A Jupyter kernel provisioner that starts kernels inside the sandbox.

A kernelspec asks for it by name, and then any Jupyter client gets a sandboxed kernel:

    "metadata": {"kernel_provisioner": {"provisioner_name": "sandbox"}}

What the sandbox holds is, in this order: the argument ``policy`` of ``start_kernel``, the attribute
``policy`` of the kernel manager, the default policy.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase

from grader.errors import SandboxError
from grader.sandbox import memory
from grader.sandbox.ends import End, EndReason
from grader.sandbox.launcher import start
from grader.sandbox.policy import CONNECTION, SOCKETS, Policy
from grader.sandbox.remedies import remedy
from grader.sandbox.rooms import Room

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
KILL_SECONDS = 5.0


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one sandboxed kernel; ``end`` says what became of it."""

    policy: Policy
    room: Room | None = None
    process: subprocess.Popen[bytes] | None = None  # the keeper
    _end: End | None = None
    _heard: bytes = b""
    _ready: bool = False

    @property
    def has_process(self) -> bool:
        """Whether there is a sandbox, or one whose end nobody has waited for."""
        return self.process is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the room and the addresses; ``KernelManager.pre_start_kernel`` calls this."""
        manager = self.parent
        self.policy = kwargs.pop("policy", None) or getattr(manager, "policy", None) or Policy()
        if self.room is None:
            self.room = Room.make()
        self.room.furnish()
        manager.transport = "ipc"
        manager.ip = self.room.address
        manager.connection_file = str(self.room.connection_file)
        for number, name in enumerate(PORTS, start=1):
            setattr(manager, name, number)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        kwargs.pop("env", None)  # none of ours is for a student
        spec = manager.format_kernel_cmd(extra_arguments=kwargs.pop("extra_arguments", []))
        kwargs["cmd"] = [
            part.replace(os.path.realpath(manager.connection_file), CONNECTION) for part in spec
        ]
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the sandbox and wait until its kernel is ready and its sockets are ours.

        Raises:
            SandboxError: it did not come up.
        """
        assert self.room is not None
        information = self._inside()
        bound = await asyncio.to_thread(memory.memory_bound)
        self._end, self._heard, self._ready = None, b"", False
        self.process = start(self.policy, cmd, self.room, information, bound)
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        while not self._ready:
            await asyncio.sleep(0.01)
            if await self.poll() is not None:
                await self.wait()
                raise SandboxError(_refusal(self._end or End(EndReason.LOST), cmd))
        return self.connection_info  # type: ignore[no-any-return]

    async def poll(self) -> int | None:
        """None while the sandbox lives; ``KernelManager.is_alive`` asks."""
        self._listen()
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
        self._listen()
        self._end = self._end or End(EndReason.LOST)  # the keeper itself was killed
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None
        return self._status()

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel, alone of all inside; ``KernelManager.interrupt_kernel`` does."""
        self._tell(f"signal {int(signum)}")

    async def kill(self, restart: bool = False) -> None:
        """End everything inside at once; the keeper too, should it not obey."""
        await self.stop(EndReason.STOPPED)

    async def terminate(self, restart: bool = False) -> None:
        """The same: what runs inside was asked before, and gets no say."""
        await self.stop(EndReason.STOPPED)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing on the host; ``KernelManager.cleanup_resources`` calls this last."""
        if self.process is not None:
            await self.stop(EndReason.STOPPED)
            await self.wait()
        if self.room is not None:
            bound = memory.memory_bound()
            if bound.parent:
                name = Path(bound.parent) / self.room.folder.name
                memory.Group(name, 1 if bound.kind is memory.BoundKind.V1 else 2).remove()
            self.room.remove()
            self.room = self.room if restart else None

    async def stop(self, reason: EndReason) -> None:
        """End the sandbox for a reason that only its client can see, such as too much output."""
        self._tell(f"end {reason.value}")
        patience = time.monotonic() + KILL_SECONDS
        while self.process is not None and self.process.poll() is None:
            if time.monotonic() > patience:
                self.process.kill()  # and the sandbox dies with its parent
            await asyncio.sleep(0.02)

    def channel_lost(self) -> None:
        """A client lost a channel: unless the kernel is ending by itself, it is ended for it."""
        self._tell("lost")

    def pause_clock(self) -> None:
        """Stop the submission's clock, while somebody else makes it wait."""
        self._tell("pause")

    def resume_clock(self) -> None:
        """Let the submission's clock run on."""
        self._tell("resume")

    def end(self) -> End | None:
        """What became of the sandbox; None while it lives, kept after it is gone."""
        self._listen()
        return self._end

    def _inside(self) -> bytes:
        """The connection file as the kernel finds it: the same key, at the place it sees."""
        information = dict(self.connection_info, ip=f"{SOCKETS}/k")
        information["key"] = information["key"].decode()
        return json.dumps(information).encode()

    def _tell(self, command: str) -> None:
        """Give the keeper a command; one that is gone needs none."""
        if self.process is not None and self.process.stdin is not None:
            try:
                self.process.stdin.write(command.encode() + b"\n")
            except (BrokenPipeError, ValueError):
                return

    def _listen(self) -> None:
        """Read what the keeper has reported."""
        if self.process is None or self.process.stdout is None or self.process.stdout.closed:
            return
        self._heard += self.process.stdout.read() or b""
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            report = json.loads(line)
            if "end" in report:
                self._end = End(EndReason(report["end"]), report["code"], report["detail"])
            self._ready = self._ready or "ready" in report

    def _status(self) -> int:
        """An exit status, in the words of ``Popen``: a signal is negative."""
        if self._end is None or self._end.code is None:
            return -9
        return -self._end.code if self._end.reason is EndReason.SIGNALLED else self._end.code


def _refusal(end: End, command: Sequence[str]) -> str:
    """Why a sandbox did not come up, in one line."""
    words = end.detail or f"the kernel ended with status {end.code}"
    return f"the sandbox did not start {command[0]}: {words}; {remedy(words)}"
