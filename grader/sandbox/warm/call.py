"""The supervisor's call to the warm parent, for one kernel."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

CALL_SECONDS = 60.0  # for a parent that still imports
_MESSAGE_BYTES = 1 << 16


class WarmCall:
    """One kernel's way from the warm parent into the sandbox that was made for it.

    Nothing here waits: ``listen`` when the descriptor is readable. Processes are descriptors, since
    a number may be another process's by the time that it is used.

    Args:
        address: the warm parent's socket.

    Attributes:
        helper: the process that moves the kernel there and waits for it, once the parent has
            imported everything; put it into the sandbox's control group before ``place``.
        kernel: the kernel's process, once it is there.
        status: its exit code, negative for a signal, once it has ended.
        error: why there is no kernel.
        placed: whether the kernel was sent for.

    Raises:
        OSError: nobody listens there, or too many wait already.
    """

    def __init__(self, address: str) -> None:
        self.helper: int | None = None
        self.kernel: int | None = None
        self.status: int | None = None
        self.error = ""
        self.placed = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise

    @property
    def over(self) -> bool:
        """Whether the kernel failed to start, or has ended."""
        return self.status is not None or bool(self.error)

    def fileno(self) -> int:
        """A descriptor that becomes readable when the parent says something."""
        return self._socket.fileno()

    def place(self, order: dict[str, Any], process: int, stderr: int) -> None:
        """Have the kernel moved into the namespaces of a process.

        Args:
            order: the fields of ``parent.Order``.
            process: its number.
            stderr: a descriptor for what the kernel writes to stderr.
        """
        inside = os.pidfd_open(process)
        try:
            socket.send_fds(self._socket, [json.dumps(order).encode()], [inside, stderr])
        finally:
            os.close(inside)
        self.placed = True

    def listen(self) -> bool:
        """Read one message of the parent's; False once it has hung up."""
        try:
            text, processes, _, _ = socket.recv_fds(
                self._socket, _MESSAGE_BYTES, 1, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return True
        except OSError as error:
            text, processes = b"", []
            self.error = self.error or str(error)
        if not text:
            self.error = self.error or "the warm parent has hung up"
            return False
        said = json.loads(text)
        if "helper" in said:
            (self.helper,) = processes
        elif "kernel" in said:
            (self.kernel,) = processes
        self.status = said.get("status", self.status)
        self.error = said.get("error", self.error)
        return True

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
