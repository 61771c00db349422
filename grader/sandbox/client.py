"""Jupyter's kernel manager and client, hardened against the kernel that they talk to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Instance, Type

from grader.sandbox.ends import End, EndReason
from grader.sandbox.losses import LossWatch
from grader.sandbox.policy import CONNECTION, Policy
from grader.sandbox.provisioner import SandboxProvisioner

MESSAGE_BYTES = 16 << 20
WAITING_MESSAGES = 100  # times the above is what a kernel can make a client hold that does not read
KERNEL_NAME = "sandbox"


class KernelMisbehaved(Exception):  # noqa: N818 - it is the kernel that erred, not the grader
    """A kernel sent more than it may, or what is no message; its sandbox was ended for it.

    Attributes:
        reason: ``OUTPUT_LIMIT`` or ``MALFORMED``.
    """

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __reduce__(self) -> tuple[type[KernelMisbehaved], tuple[EndReason]]:
        """Pickle by the reason, so that it survives a process boundary."""
        return type(self), (self.reason,)


class GuardedChannel(AsyncZMQSocketChannel):
    """A channel that counts what it receives and believes none of it.

    ``watcher`` is the client, which is told what came; each channel of a client has the same.
    """

    watcher: SandboxClient | None = None

    async def _recv(self, **kwargs: Any) -> dict[str, Any]:
        """Receive one message, if the kernel may still send any."""
        parts = await self.socket.recv_multipart(**kwargs)
        if self.watcher is not None:
            await self.watcher.count(sum(map(len, parts)))
        try:
            _, message = self.session.feed_identities(parts)
            said: dict[str, Any] = self.session.deserialize(message)
            # What every reader of messages takes for granted.
            for name in ("header", "parent_header", "metadata", "content"):
                if not isinstance(said[name], dict):
                    raise TypeError(f"{name} is no object")
            if not isinstance(said["msg_type"], str) or not isinstance(said["msg_id"], str):
                raise TypeError("a message's type and id are text")
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            if self.watcher is not None:
                await self.watcher.stop_kernel(EndReason.MALFORMED)
            raise KernelMisbehaved(EndReason.MALFORMED) from error
        return said


class SandboxClient(AsyncKernelClient):
    """A client that a kernel can neither flood nor send elsewhere.

    Attributes:
        received: bytes of all messages so far.
    """

    shell_channel_class = Type(GuardedChannel)
    iopub_channel_class = Type(GuardedChannel)
    stdin_channel_class = Type(GuardedChannel)
    control_channel_class = Type(GuardedChannel)

    received = 0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"context": _guarded_context()} | kwargs)
        self._created_context = "context" not in kwargs  # then it is ours to destroy
        self._watch: LossWatch | None = None

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels, and somebody who notices when one is lost."""
        super().start_channels(*args, **kwargs)
        channels = {
            name: getattr(self, f"{name}_channel") for name in ("shell", "iopub", "control")
        }
        for channel in channels.values():
            channel.watcher = self
        sockets = {name: channel.socket for name, channel in channels.items()}
        sockets["stdin"] = self.stdin_channel.socket  # answers come there, and are not output
        provisioner: Any = getattr(self.parent, "provisioner", None)
        sandboxed = isinstance(provisioner, SandboxProvisioner)
        self._watch = LossWatch(sockets, provisioner.channel_lost if sandboxed else _ignore)
        self._watch.start()

    def stop_channels(self) -> None:
        """Stop the channels and who watches them."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        super().stop_channels()

    def lost(self) -> tuple[str, ...]:
        """Names of channels that were lost: for too long a message, or by the kernel's will.

        The sandbox is then ended, as over its output limit. No verdict may rest on a cell during
        which a channel was lost: its outputs may be missing.
        """
        return () if self._watch is None else self._watch.lost

    async def count(self, size: int) -> None:
        """Count a message.

        Raises:
            KernelMisbehaved: it was one too many; the sandbox is gone.
        """
        self.received += size
        manager = self.parent
        policy = getattr(manager, "policy", None)
        if policy is not None and self.received > policy.limits.output_bytes:
            await self.stop_kernel(EndReason.OUTPUT_LIMIT)
            raise KernelMisbehaved(EndReason.OUTPUT_LIMIT)

    async def stop_kernel(self, reason: EndReason) -> None:
        """End the sandbox, whose kernel must not be listened to any more."""
        provisioner = getattr(self.parent, "provisioner", None)
        if isinstance(provisioner, SandboxProvisioner):
            await provisioner.stop(reason)


class OneSpec(KernelSpecManager):
    """Knows the sandboxed kernel without anything installed for Jupyter."""

    argv: tuple[str, ...] = ()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The sandboxed kernel, by whatever name it is asked for."""
        return KernelSpec(
            argv=list(self.argv),
            display_name="Deep learning course, sandboxed",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": KERNEL_NAME}},
        )


class SandboxManager(AsyncKernelManager):
    """Starts sandboxed kernels under a policy; what a notebook's kernelspec says does not matter.

    Args:
        policy: what the sandbox holds.
        argv: the kernel's command line inside; plain ipykernel where none is given.
    """

    policy: Policy = Instance(Policy, args=())
    client_class = f"{__name__}.SandboxClient"
    client_factory = Type(klass=AsyncKernelClient, default_value=SandboxClient)

    def __init__(self, policy: Policy | None = None, argv: tuple[str, ...] = (), **kwargs: Any):
        policy = policy or Policy()
        specs = OneSpec()
        specs.argv = argv or kernel_command(policy)
        kwargs |= {"kernel_name": KERNEL_NAME, "kernel_spec_manager": specs}
        super().__init__(policy=policy, context=_guarded_context(), **kwargs)
        self._created_context = True  # and so destroyed with the kernel

    def end(self) -> End | None:
        """What became of the kernel; None while it lives."""
        return None if self.provisioner is None else self.provisioner.end()


def kernel_command(policy: Policy, program: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A kernel's command line inside: ``program`` (by default ipykernel) on the policy's Python."""
    program = program or ("-m", "ipykernel_launcher")
    return (policy.python.executable, *program, "-f", CONNECTION)


@asynccontextmanager
async def run_kernel(
    policy: Policy | None = None, argv: tuple[str, ...] = ()
) -> AsyncIterator[tuple[SandboxManager, SandboxClient]]:
    """A sandboxed kernel and its client, ready; nothing is left of it afterwards.

    Raises:
        SandboxError: this machine cannot give a sandbox, or it did not come up.
    """
    manager = SandboxManager(policy, argv)
    client = None
    try:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        if client is not None:
            client.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
        await manager._async_cleanup_resources()


def _guarded_context() -> Any:
    """A context all of whose sockets take short messages, few at once, from one peer for good."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    context.setsockopt(zmq.RECONNECT_IVL, -1)
    context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
    return context


def _ignore() -> None:
    """A kernel that is in no sandbox is not ours to end."""
