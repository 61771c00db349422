"""Jupyter's kernel manager and client, hardened against hostile kernels."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import ConnectionFileMixin, channel_socket_types
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Instance, Type

from grader.errors import SandboxError
from grader.sandbox.channel_monitor import DisconnectMonitor
from grader.sandbox.guarded_context import guarded_context
from grader.sandbox.policy import CONNECTION, Policy
from grader.sandbox.provisioner import SandboxProvisioner
from grader.sandbox.sandbox_exit import EndReason, SandboxExit

# How long a kernel that has just started may take before it is asked again.
ANSWER_SECONDS, STATUS_SECONDS = 1.0, 0.2
KERNEL_NAME = "sandbox"


class KernelMisbehaved(Exception):  # noqa: N818 - the kernel is at fault, not the grader
    """A kernel sent too much, or a malformed message; its sandbox was ended.

    Attributes:
        reason: ``OUTPUT_LIMIT`` or ``MALFORMED``.
    """

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __reduce__(self) -> tuple[type[KernelMisbehaved], tuple[EndReason]]:
        """Pickle the reason alone, so that the error can cross processes."""
        return type(self), (self.reason,)


class GuardedChannel(AsyncZMQSocketChannel):
    """A channel that counts the bytes that it receives and checks each message.

    Attributes:
        watcher: the client, which counts the bytes of all its channels.
    """

    watcher: SandboxClient | None = None

    def _recv(self, **kwargs: Any) -> Any:
        """Receive one message, as a coroutine; the base classes disagree on the type."""
        return self._receive(**kwargs)

    async def _receive(self, **kwargs: Any) -> dict[str, Any]:
        """Receive one message; raises ``KernelMisbehaved``."""
        parts = await self.socket.recv_multipart(**kwargs)
        if self.watcher is not None:
            await self.watcher.count(sum(map(len, parts)))
        try:
            _, message = self.session.feed_identities(parts)
            said: dict[str, Any] = self.session.deserialize(message)
            # All readers of messages rely on these.
            for name in ("header", "parent_header", "metadata", "content"):
                if not isinstance(said[name], dict):
                    raise TypeError(f"{name} is no object")
            if not isinstance(said["msg_type"], str) or not isinstance(said["msg_id"], str):
                raise TypeError("a message's type and id are text")
        except Exception as error:  # Jupyter's readers count on what they read
            if self.watcher is not None:
                await self.watcher.stop_kernel(EndReason.MALFORMED)
            raise KernelMisbehaved(EndReason.MALFORMED) from error
        return said


class _LingerFree(ConnectionFileMixin):
    """Connects to a kernel, and waits for nothing when it disconnects."""

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        """Connect a socket that drops at once what the kernel has not taken.

        ZeroMQ reads the time for that when a socket connects, and waits when a kernel was killed.
        So Jupyter's own, a second, would pass at the end of each kernel.
        """
        connected = self.context.socket(channel_socket_types[channel])
        connected.linger = 0
        if identity:
            connected.identity = identity
        connected.connect(self._make_url(channel))
        return connected


class SandboxClient(_LingerFree, AsyncKernelClient):
    """A client that a kernel can neither flood nor redirect.

    Attributes:
        received: bytes of all messages so far.
    """

    shell_channel_class = Type(GuardedChannel)
    iopub_channel_class = Type(GuardedChannel)
    stdin_channel_class = Type(GuardedChannel)
    control_channel_class = Type(GuardedChannel)

    received = 0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"context": guarded_context()} | kwargs)
        self._created_context = "context" not in kwargs  # the base class then destroys it
        self._monitor: DisconnectMonitor | None = None

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels, and a monitor that notices when one is lost.

        Without Jupyter's heartbeat: the supervisor knows better whether the kernel lives, and the
        heartbeat's thread waits for ever to send to a kernel that has just gone.
        """
        super().start_channels(*args, **kwargs | {"hb": False})
        channels = {
            name: getattr(self, f"{name}_channel") for name in ("shell", "iopub", "control")
        }
        for channel in channels.values():
            channel.watcher = self
        sockets = {name: channel.socket for name, channel in channels.items()}
        sockets["stdin"] = (
            self.stdin_channel.socket
        )  # answers come there; they do not count as output
        provisioner: Any = getattr(self.parent, "provisioner", None)
        sandboxed = isinstance(provisioner, SandboxProvisioner)
        self._monitor = DisconnectMonitor(
            sockets, provisioner.channel_lost if sandboxed else _ignore
        )
        self._monitor.start()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers a question, and says on iopub that it has done so.

        Jupyter's own then waits a fifth of a second for messages that never come. It also takes
        the protocol's version from the answer, which student code may have written.

        Raises:
            RuntimeError: the kernel died, or did not answer in time.
        """
        try:
            async with asyncio.timeout(timeout):  # also where other messages come without end
                while not await self._answers(self.kernel_info()):
                    if not await self.is_alive():
                        raise RuntimeError("Kernel died before replying to kernel_info")
        except TimeoutError:
            raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds") from None

    # Jupyter's own clients call it by this name, too.
    _async_wait_for_ready = wait_for_ready

    async def _answers(self, question: str) -> bool:
        """Whether the reply comes, and the status that follows; drops all that comes before."""
        try:
            while True:
                reply = await self.shell_channel.get_msg(timeout=ANSWER_SECONDS)
                if reply["parent_header"].get("msg_id") == question:
                    break
            # A message to a subscription that is not yet there is lost: one asks again.
            while True:
                said = await self.iopub_channel.get_msg(timeout=STATUS_SECONDS)
                if said["parent_header"].get("msg_id") == question and (
                    said["content"].get("execution_state") == "idle"
                ):
                    break
        except queue.Empty:
            return False
        return True

    def stop_channels(self) -> None:
        """Stop the monitor and the channels."""
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None
        super().stop_channels()

    def lost(self) -> tuple[str, ...]:
        """Names of channels that were lost: after too long a message, or closed by the kernel.

        The sandbox is then ended as over its output limit. No verdict may rest on a cell during
        which a channel was lost, since its outputs may be missing.
        """
        return () if self._monitor is None else self._monitor.lost

    async def count(self, size: int) -> None:
        """Count the bytes of a message.

        Raises:
            KernelMisbehaved: the output limit is passed; the sandbox was ended.
        """
        self.received += size
        manager = self.parent
        policy = getattr(manager, "policy", None)
        if policy is not None and self.received > policy.limits.output_bytes:
            await self.stop_kernel(EndReason.OUTPUT_LIMIT)
            raise KernelMisbehaved(EndReason.OUTPUT_LIMIT)

    async def stop_kernel(self, reason: EndReason) -> None:
        """End the sandbox of a kernel that misbehaved."""
        provisioner = getattr(self.parent, "provisioner", None)
        if isinstance(provisioner, SandboxProvisioner):
            await provisioner.stop(reason)


class SandboxSpecManager(KernelSpecManager):
    """Finds the sandboxed kernel, although no kernelspec is installed."""

    argv: tuple[str, ...] = ()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The sandboxed kernel, for any name."""
        return KernelSpec(
            argv=list(self.argv),
            display_name="Deep learning course, sandboxed",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": KERNEL_NAME}},
        )


class SandboxManager(_LingerFree, AsyncKernelManager):
    """Starts sandboxed kernels under a policy, whichever kernelspec a notebook names.

    Args:
        policy: of the sandbox.
        argv: the kernel's command line inside; by default ipykernel's.
    """

    policy = Instance(Policy, args=())
    client_class = f"{__name__}.SandboxClient"
    client_factory = Type(klass=AsyncKernelClient, default_value=SandboxClient)

    def __init__(self, policy: Policy | None = None, argv: tuple[str, ...] = (), **kwargs: Any):
        policy = policy or Policy()
        specs = SandboxSpecManager()
        specs.argv = argv or kernel_command(policy)
        kwargs |= {"kernel_name": KERNEL_NAME, "kernel_spec_manager": specs}
        super().__init__(policy=policy, context=guarded_context(), **kwargs)
        self._created_context = True  # the base class then destroys it with the kernel

    def end(self) -> SandboxExit | None:
        """How the kernel ended; None while it lives."""
        provisioner = self.provisioner
        return provisioner.end() if isinstance(provisioner, SandboxProvisioner) else None


def kernel_command(policy: Policy, program: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A kernel's command line inside: ``program`` (by default ipykernel) on the policy's Python."""
    program = program or ("-m", "ipykernel_launcher")
    return (policy.python.executable, *program, "-f", CONNECTION)


@asynccontextmanager
async def run_kernel(
    policy: Policy | None = None, argv: tuple[str, ...] = ()
) -> AsyncIterator[tuple[SandboxManager, SandboxClient]]:
    """A sandboxed kernel and its client, ready; both are removed afterwards.

    Raises:
        SandboxError: the sandbox did not start, or its kernel ended before it answered.
    """
    manager = SandboxManager(policy, argv)
    client: SandboxClient | None = None
    try:
        await manager.start_kernel()
        made = manager.client()
        assert isinstance(made, SandboxClient)
        client = made
        client.start_channels()
        await _expect_ready(manager, client)
        yield manager, client
    finally:
        if client is not None:
            client.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
        await manager._async_cleanup_resources()


async def _expect_ready(manager: SandboxManager, client: SandboxClient) -> None:
    try:
        await client.wait_for_ready(timeout=60)
    except RuntimeError as error:
        end = manager.end()
        how = f" (its sandbox ended: {' '.join((end.reason, end.detail)).strip()})" if end else ""
        raise SandboxError(
            f"the kernel of a sandbox started and gave no answer: {error}{how}; "
            "`grader doctor` says what this machine lacks: memory or processes, for example"
        ) from error


def _ignore() -> None:
    """Do nothing: a kernel outside a sandbox is not ours to end."""
