"""Keeps one sandbox: starts it, watches it, ends it, and leaves nothing of it on the host.

A process of its own, outside of the sandbox, so that all is gone also where the grader itself is
killed. It reads its orders from the descriptor named on its command line, then commands from stdin,
one a line: ``signal 2``, ``pause``, ``resume``, ``lost``, ``end <reason>``. It writes reports to
stdout, a JSON object a line: ``{"ready": true}`` once the kernel's sockets are out of its reach,
and in the end ``{"end": reason, "code": ..., "detail": ...}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.sandbox import account, memory, watching
from grader.sandbox.ends import End, EndReason
from grader.sandbox.entering import enter
from grader.sandbox.rooms import Room, sockets_listen, take_sockets

START_SECONDS = 60.0  # a kernel is there within one; a machine under load takes longer
TICK = 0.1  # how long a full group may go unnoticed, and a passed deadline
EXIT_SECONDS = 1.0  # a kernel that ends drops its channels first; one that lives may not
STDERR_BYTES = 16 << 10
PRIVATE_FILE_SYSTEMS = ("/home/student", "/dev/shm")


@dataclass
class Clock:
    """Wall time that counts: it can be paused while somebody else works."""

    limit: float
    used: float = 0.0
    since: float | None = field(default_factory=time.monotonic)

    def pause(self) -> None:
        """Stop counting."""
        self.used, self.since = self.spent, None

    def resume(self) -> None:
        """Count again."""
        self.used, self.since = self.spent, time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds counted so far."""
        return self.used + (0.0 if self.since is None else time.monotonic() - self.since)


class Keeper:
    """One sandbox and what happens to it.

    Args:
        orders: what ``launcher.start`` wrote.
    """

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.limits = orders["limits"]
        self.room = Room(Path(orders["room"]))
        kind, parent = orders["bound"]["kind"], orders["bound"]["parent"]
        self.bound = memory.MemoryBound(memory.BoundKind(kind), parent)
        self.group: memory.Group | None = None
        self.clock: Clock | None = None
        self.sandbox = 0  # bubblewrap, our child
        self.init: int | None = None  # its first process, by the host's number
        self.kernel: int | None = None  # a descriptor of the kernel's process
        self.end: End | None = None
        self.stderr = -1
        self.facts, self.words = bytearray(), bytearray()  # bubblewrap's own, and stderr
        self.lost: float | None = None  # when a client lost a channel
        self.deadline = time.monotonic() + START_SECONDS

    def run(self) -> None:
        """Hold the sandbox until it ends."""
        try:
            self._start()
            while self.end is None:
                self._wait()
                self._look()
        except (OSError, ValueError) as error:
            self.end = End(EndReason.NOT_STARTED, detail=f"{type(error).__name__}: {error}")
        finally:
            self._finish()

    # Starting

    def _start(self) -> None:
        """Start bubblewrap in a group of its own."""
        if self.bound.robust:
            kind, parent = self.bound.kind, self.bound.parent
            scope = Path(parent) if parent else memory.own_scope()
            limit = self.limits["memory_bytes"]
            self.group = memory.Group.make(kind, scope, self.room.folder.name, limit)
        account.give(self.room.open)
        (self.room.folder / "places").mkdir(mode=0o755)
        self.status, status = os.pipe()
        self.stderr, stderr = os.pipe()
        os.set_blocking(self.status, False)
        os.set_blocking(self.stderr, False)
        self.parent = os.pidfd_open(self.orders["parent"])
        keeper = os.getpid()
        self.sandbox = os.fork()
        if self.sandbox == 0:
            enter(keeper, self.orders, self.room, self.group, status=status, stderr=stderr)
        os.close(status)
        os.close(stderr)
        self.child = os.pidfd_open(self.sandbox)
        self.poll = select.poll()
        for descriptor in (0, self.parent, self.child, self.status, self.stderr):
            self.poll.register(descriptor, select.POLLIN)

    # Watching

    def _wait(self) -> None:
        """Sleep until something happens, or for a tick; then read what was said."""
        starting = self.clock is None
        for descriptor, _ in self.poll.poll(10 if starting else TICK * 1000):
            if descriptor == 0:
                self._obey(os.read(0, 4096))
            elif descriptor == self.parent:
                self._conclude(End(EndReason.STOPPED))
            elif descriptor == self.status:
                self._read_status()
            elif descriptor == self.stderr:
                self._read_stderr()

    def _obey(self, commands: bytes) -> None:
        """Do what our parent says; that it says no more means the end, too."""
        if not commands:
            self._conclude(End(EndReason.STOPPED))
        for line in commands.decode().splitlines():
            verb, _, word = line.partition(" ")
            if verb == "end":
                self._conclude(End(EndReason(word)))
            elif verb == "signal" and self.kernel is not None:
                self._signal(int(word))
            elif verb == "lost" and self.lost is None:
                self.lost = time.monotonic()
            elif verb == "pause" and self.clock is not None:
                self.clock.pause()
            elif verb == "resume" and self.clock is not None:
                self.clock.resume()

    def _signal(self, number: int) -> None:
        """Signal the kernel itself; one that has stopped itself must wake to be interrupted."""
        assert self.kernel is not None
        _send(self.kernel, number)
        if number == signal.SIGINT:
            _send(self.kernel, signal.SIGCONT)

    def _read_status(self) -> None:
        """Read from bubblewrap which process is the first inside."""
        said = os.read(self.status, 4096)
        self.facts += said
        found = re.search(rb'"child-pid": *(\d+)\b.', self.facts, re.DOTALL)
        if found:
            self.init = int(found[1])
        if found or not said:  # what else comes is of no use
            self.poll.unregister(self.status)

    def _read_stderr(self) -> None:
        """Keep the first words, for the person who must find out why a kernel did not start."""
        said = os.read(self.stderr, 4096)
        self.words += said
        if not said or len(self.words) > STDERR_BYTES:
            self.poll.unregister(self.stderr)
            os.close(self.stderr)

    def _look(self) -> None:
        """Look whether the sandbox is over, over a limit, or ready."""
        if self.end is not None:
            return
        if self.group is not None and self.group.kills():
            self._conclude(End(EndReason.MEMORY_LIMIT))
        elif (status := self._reap(os.WNOHANG)) is not None:
            self._conclude(self._ended(status))
        elif self.clock is None:
            self._look_for_sockets()
        elif self.lost is not None and time.monotonic() > self.lost + EXIT_SECONDS:
            self._conclude(End(EndReason.OUTPUT_LIMIT))
        elif self.clock.spent > self.limits["submission_seconds"]:
            self._conclude(End(EndReason.TIME_LIMIT))
        elif self.group is None and self.init is not None:
            self._watch_memory(self.init)

    def _ended(self, status: int) -> End:
        """What an exit of the sandbox means."""
        if self.clock is None:
            return End(EndReason.NOT_STARTED, status)
        if self.group is not None and self.group.kills():
            return End(EndReason.MEMORY_LIMIT)
        return End.of_status(status) if status >= 0 else End(EndReason.LOST, -status)

    def _watch_memory(self, init: int) -> None:
        """The weak bound: processes' pages, files in memory, and what the host has left."""
        with contextlib.suppress(OSError):  # it may be gone by now, which the next look will see
            if watching.used(init, PRIVATE_FILE_SYSTEMS) > self.limits["memory_bytes"]:
                self._conclude(End(EndReason.MEMORY_LIMIT))
                return
        free, total = watching.available()
        if free < min(256 << 20, total // 20):
            self._conclude(End(EndReason.HOST_MEMORY))

    # Becoming ready

    def _look_for_sockets(self) -> None:
        """When all sockets are bound, take them away from the sandbox, and say that it is ready."""
        if time.monotonic() > self.deadline:
            self._conclude(End(EndReason.NOT_STARTED, detail=f"no kernel in {START_SECONDS:.0f} s"))
        if self.init is None or not sockets_listen(self.room):
            return
        take_sockets(self.room)
        (kernel,) = _children_of(self.init)  # it has started no other process yet
        self.kernel = os.pidfd_open(kernel)
        self.clock = Clock(self.limits["submission_seconds"])
        _report({"ready": True})

    # Ending

    def _conclude(self, end: End) -> None:
        """Remember the first reason: what follows from it is not another one."""
        self.end = self.end or end

    def _reap(self, flags: int) -> int | None:
        """Exit status of bubblewrap, once."""
        if self.sandbox:
            pid, status = os.waitpid(self.sandbox, flags)
            if pid:
                self.sandbox = 0
                return os.waitstatus_to_exitcode(status)
        return None

    def _kill(self) -> None:
        """End every process of the sandbox, at whatever point of its start it is.

        The first process of a namespace takes all the others with it, and is gone after them. Early
        on it does not yet die with its parent, so the parent is held until it has been found.
        """
        _send(self.child, signal.SIGSTOP)
        inside = [os.pidfd_open(pid) for pid in _children_of(self.sandbox)]
        for process in (*inside, self.child):
            _send(process, signal.SIGKILL)
        for process in inside:
            _gone(process, 5000)
        self._reap(0)

    def _finish(self) -> None:
        """End every process, remove the group and the room, and report."""
        if self.sandbox:
            self._kill()
        with contextlib.suppress(OSError):
            self._read_stderr()
        if self.group is not None:
            self.group.remove()
        self.room.remove()
        end = self.end or End(EndReason.LOST)
        said = self.words.decode(errors="replace").strip()
        detail = " ".join(word for word in (end.detail, said) if word)
        _report({"end": end.reason, "code": end.code, "detail": detail})


def main() -> None:
    """Keep the sandbox that the descriptor on the command line tells of."""
    with os.fdopen(int(sys.argv[1])) as orders:
        keeper = Keeper(json.load(orders))
    signal.signal(signal.SIGTERM, lambda *_: keeper._conclude(End(EndReason.STOPPED)))
    keeper.run()


def _report(report: dict[str, Any]) -> None:
    """Tell our parent, if it is still there."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, json.dumps(report).encode() + b"\n")


def _children_of(parent: int) -> list[int]:
    """Processes that ``parent`` has started and that are still there."""
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names are all we need
        if entry.isdecimal():
            with contextlib.suppress(OSError):
                text = Path("/proc", entry, "stat").read_text()
                if int(text.rpartition(")")[2].split()[1]) == parent:
                    found.append(int(entry))
    return found


def _send(process: int, number: int) -> None:
    """Signal a process by its descriptor, which never means another one."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, number)


def _gone(process: int, milliseconds: int) -> bool:
    """Whether a process has ended, or does so within that time."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    return bool(waiting.poll(milliseconds))
