"""One run of bubblewrap: a child of the supervisor, in whose namespaces the sandbox lives."""

from __future__ import annotations

import os
import re
import signal
from typing import Any

from grader.sandbox.enter_sandbox import enter_sandbox
from grader.sandbox.memory import Group
from grader.sandbox.processes import children_of, gone, send
from grader.sandbox.sandbox_dir import SandboxDir

STDERR_BYTES = 16 << 10


class BubblewrapProcess:
    """Bubblewrap, and what it and the kernel say while they start.

    Args:
        orders: what ``launcher.start`` wrote.
        directory: of the sandbox.
        group: the control group that bounds memory; None where memory is only watched.
        within: a descriptor of a process; the sandbox is made in its user namespace.

    Attributes:
        process: a descriptor of bubblewrap itself.
        init: the sandbox's first process, by the host's number, once bubblewrap has said it.
        status: a descriptor on which bubblewrap says that.
        stderr: a descriptor of the beginning of stderr.
        stderr_end: its other end, for a kernel that does not inherit it.
    """

    def __init__(
        self,
        orders: dict[str, Any],
        directory: SandboxDir,
        group: Group | None,
        within: int | None = None,
    ) -> None:
        self.init: int | None = None
        self._facts, self._words = bytearray(), bytearray()
        self.status, status = os.pipe()
        self.stderr, self.stderr_end = os.pipe()
        os.set_blocking(self.status, False)
        os.set_blocking(self.stderr, False)
        supervisor = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            enter_sandbox(
                orders,
                directory,
                stderr=self.stderr_end,
                supervisor=supervisor,
                group=group,
                status=status,
                within=within,
            )
        os.close(status)
        self.process = os.pidfd_open(self._pid)

    @property
    def words(self) -> str:
        """What stood on stderr."""
        return self._words.decode(errors="replace").strip()

    def read_status(self) -> bool:
        """Read the number of the first process inside; whether there is more to read."""
        received = os.read(self.status, 4096)
        self._facts += received
        match = re.search(rb'"child-pid": *(\d+)\b.', self._facts, re.DOTALL)
        if match:
            self.init = int(match[1])
        return bool(received) and not match  # nothing else is of use

    def read_stderr(self) -> bool:
        """Keep the beginning of stderr, to tell why a kernel did not start; as ``read_status``.

        After that it is closed: a kernel that writes more gets an error, and waits for nobody.
        """
        received = os.read(self.stderr, 4096)
        self._words += received
        more = bool(received) and len(self._words) <= STDERR_BYTES
        if not more:
            os.close(self.stderr)
            self.stderr = -1
        return more

    def close_stderr_end(self) -> None:
        """Close our copy of the end that is written to, once the kernel has its own."""
        os.close(self.stderr_end)

    def reap(self, flags: int = 0) -> int | None:
        """Exit status of bubblewrap, when it has ended; None otherwise, and after that."""
        if self._pid:
            pid, status = os.waitpid(self._pid, flags)
            if pid:
                self._pid = 0
                return os.waitstatus_to_exitcode(status)
        return None

    def kill(self) -> None:
        """Kill every process of the sandbox, also while it starts.

        When the first process of a namespace is killed, Linux kills all others and ends it last.
        Early in its life it does not yet die with its parent, so the parent is stopped until its
        child is known.
        """
        if not self._pid:
            return
        send(self.process, signal.SIGSTOP)
        inside = [os.pidfd_open(pid) for pid in children_of(self._pid)]
        for process in (*inside, self.process):
            send(process, signal.SIGKILL)
        for process in inside:
            gone(process, 5000)
        self.reap()
