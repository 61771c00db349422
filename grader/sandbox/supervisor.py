"""Supervises one sandbox: starts it, watches it, ends it, and removes all of it from the host.

It runs outside the sandbox (``supervisor_main``), so that it cleans up even where the grader
is killed. It reads commands from stdin, one on each line: ``signal 2``, ``pause``, ``resume``,
``lost``, ``end <reason>``. It writes reports to stdout, one JSON object on each line: ``{"ready":
true}`` once the sockets are moved out of the kernel's reach, and at the end ``{"end": reason,
"code": ..., "detail": ...}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from pathlib import Path
from typing import Any

from grader.sandbox import account, memory, memory_monitor
from grader.sandbox.bubblewrap_process import BubblewrapProcess
from grader.sandbox.processes import (
    end_children,
    number_of,
    only_child_of,
    send,
)
from grader.sandbox.sandbox_clock import SandboxClock
from grader.sandbox.sandbox_dir import (
    SandboxDir,
    expect_sockets_alone,
    sockets_listen,
    take_sockets,
)
from grader.sandbox.sandbox_exit import EndReason, SandboxExit
from grader.sandbox.warm.call import CALL_SECONDS, WarmCall

START_SECONDS = 60.0  # usual is one second; a loaded machine takes longer
TICK = 0.1  # how late a full group or a passed deadline is noticed
START_TICK = 0.01  # how late a step of the start is
END_SECONDS = 5.0  # for killed processes to be gone
EXIT_SECONDS = 1.0  # a kernel that exits drops its channels first; others may not


class SandboxSupervisor:
    """Supervises one sandbox.

    Args:
        orders: what ``launcher.start`` wrote.
    """

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.limits = orders["limits"]
        self.directory = SandboxDir(Path(orders["directory"]))
        kind, parent = orders["bound"]["kind"], orders["bound"]["parent"]
        self.bound = memory.MemoryBound(memory.BoundKind(kind), parent)
        self.group: memory.Group | None = None
        self.clock: SandboxClock | None = None  # once the kernel is ready
        self.warm: WarmCall | None = None
        self.sandbox: BubblewrapProcess | None = None
        self.kernel: int | None = None  # a descriptor of the kernel's process
        self.end: SandboxExit | None = None
        self.lost: float | None = None  # when a client lost a channel
        self.deadline = time.monotonic() + CALL_SECONDS
        self.poll = select.poll()

    def run(self) -> None:
        """Start the sandbox and supervise it until it ends."""
        try:
            self._start()
            while self.end is None:
                self._wait()
                self._check()
        except (OSError, ValueError) as error:
            self.end = SandboxExit(EndReason.NOT_STARTED, detail=f"{type(error).__name__}: {error}")
        finally:
            self._finish()

    def stop(self) -> None:
        """End the sandbox, as a SIGTERM asks for."""
        self._conclude(SandboxExit(EndReason.STOPPED))

    # Starting

    def _start(self) -> None:
        """Make a control group where there can be one, and call the warm parent or bubblewrap."""
        if self.bound.robust:
            kind, parent = self.bound.kind, self.bound.parent
            scope = Path(parent) if parent else memory.own_scope()
            limit = self.limits["memory_bytes"]
            self.group = memory.Group.make(kind, scope, self.directory.folder.name, limit)
        account.give(self.directory.exposed)
        (self.directory.folder / "places").mkdir(mode=0o755)
        self.parent = os.pidfd_open(self.orders["parent"])
        for descriptor in (0, self.parent):
            self.poll.register(descriptor, select.POLLIN)
        if self.orders["warm"] is None:
            self._start_bubblewrap()
        else:
            self.warm = WarmCall(self.orders["warm"]["address"])
            self.poll.register(self.warm, select.POLLIN)

    def _start_bubblewrap(self) -> None:
        """Start bubblewrap, with the kernel in it or with the place for a warm one."""
        within = self.warm.helper if self.warm is not None else None
        if within is not None:
            self._bound_helper(within)
        self.sandbox = BubblewrapProcess(self.orders, self.directory, self.group, within)
        if self.warm is None:
            self.sandbox.close_stderr_end()
        for descriptor in (self.sandbox.process, self.sandbox.status, self.sandbox.stderr):
            self.poll.register(descriptor, select.POLLIN)
        self.deadline = time.monotonic() + START_SECONDS

    def _bound_helper(self, helper: int) -> None:
        """Put the warm parent's helper, and so its child, into the sandbox's control group.

        Raises:
            OSError: it has ended, or this account may not move it there.
        """
        if self.group is not None:
            self.group.join(number_of(helper))
            number_of(helper)  # it has not ended meanwhile, so that the number was its own
        self.orders["command"] = self.orders["warm"]["command"]

    # Watching

    def _wait(self) -> None:
        """Sleep until a descriptor is readable, or for one tick; then read it."""
        tick = START_TICK if self.clock is None and self.sandbox is not None else TICK
        sandbox = self.sandbox
        for descriptor, _ in self.poll.poll(tick * 1000):
            if descriptor == 0:
                self._obey(os.read(0, 4096))
            elif descriptor == self.parent:
                self.stop()
            elif sandbox is not None and descriptor == sandbox.status:
                self._unless(sandbox.read_status(), descriptor)
            elif sandbox is not None and descriptor == sandbox.stderr:
                self._unless(sandbox.read_stderr(), descriptor)
            elif self.warm is not None and descriptor == self.warm.fileno():
                self._unless(self.warm.listen(), descriptor)

    def _unless(self, more: bool, descriptor: int) -> None:
        """Poll a descriptor no longer, unless there is more to read."""
        if not more:
            self.poll.unregister(descriptor)

    def _obey(self, commands: bytes) -> None:
        """Execute our parent's commands; end the sandbox when its pipe is closed."""
        if not commands:
            self.stop()
        for line in commands.decode().splitlines():
            verb, _, word = line.partition(" ")
            if verb == "end":
                self._conclude(SandboxExit(EndReason(word)))
            elif verb == "signal" and self.kernel is not None:
                self._signal(int(word))
            elif verb == "lost" and self.lost is None:
                self.lost = time.monotonic()
            elif verb == "pause" and self.clock is not None:
                self.clock.pause()
            elif verb == "resume" and self.clock is not None:
                self.clock.resume()

    def _signal(self, number: int) -> None:
        """Signal the kernel; one that has stopped itself is continued, to be interrupted."""
        assert self.kernel is not None
        send(self.kernel, number)
        if number == signal.SIGINT:
            send(self.kernel, signal.SIGCONT)

    def _check(self) -> None:
        """Check whether the sandbox has ended, passed a limit, or become ready."""
        if self.end is not None:
            return
        end = self._seen_end()
        if end is not None:
            self._conclude(end)
        elif self.clock is None:
            self._go_on_starting()
        elif (passed := self._passed_limit(self.clock)) is not None:
            self._conclude(SandboxExit(passed))

    def _seen_end(self) -> SandboxExit | None:
        """Why the sandbox is no longer there; None while it is."""
        if self.group is not None and self.group.kills():
            return SandboxExit(EndReason.MEMORY_LIMIT)
        if self.sandbox and (status := self.sandbox.reap(os.WNOHANG)) is not None:
            return self._ended(status)
        if self.warm is not None and self.warm.over:
            return self._warm_ended(self.warm)
        return None

    def _passed_limit(self, clock: SandboxClock) -> EndReason | None:
        """The limit that a ready kernel has passed, if any."""
        if self.lost is not None and time.monotonic() > self.lost + EXIT_SECONDS:
            return EndReason.OUTPUT_LIMIT
        if clock.spent > self.limits["submission_seconds"]:
            return EndReason.TIME_LIMIT
        if self.group is None and self.sandbox and self.sandbox.init is not None:
            return memory_monitor.exceeded(self.sandbox.init, self.limits["memory_bytes"])
        return None

    def _ended(self, status: int) -> SandboxExit:
        """Why the sandbox ended, from bubblewrap's exit status."""
        if self.clock is None:
            return SandboxExit(EndReason.NOT_STARTED, status)
        if self.group is not None and self.group.kills():
            return SandboxExit(EndReason.MEMORY_LIMIT)
        return (
            SandboxExit.from_status(status) if status >= 0 else SandboxExit(EndReason.LOST, -status)
        )

    def _warm_ended(self, warm: WarmCall) -> SandboxExit:
        """Why the sandbox ended, from what the warm parent's helper says of the kernel."""
        if warm.status is not None:
            return self._ended(128 - warm.status if warm.status < 0 else warm.status)
        reason = EndReason.NOT_STARTED if self.clock is None else EndReason.LOST
        if self.group is not None and self.group.kills():
            reason = EndReason.MEMORY_LIMIT
        return SandboxExit(reason, detail=warm.error)

    # Becoming ready

    def _go_on_starting(self) -> None:
        """Take the next step of the start that is due, and give up after the deadline."""
        if time.monotonic() > self.deadline:
            what = "warm parent" if self.sandbox is None else "kernel"
            seconds = CALL_SECONDS if self.sandbox is None else START_SECONDS
            detail = f"no {what} in {seconds:.0f} s"
            self._conclude(SandboxExit(EndReason.NOT_STARTED, detail=detail))
        elif self.sandbox is None:
            if self.warm is not None and self.warm.helper is not None:
                self._start_bubblewrap()
        elif self.sandbox.init is not None:
            self._go_on_within(self.sandbox, self.sandbox.init)

    def _go_on_within(self, sandbox: BubblewrapProcess, init: int) -> None:
        """Bubblewrap has made the sandbox: place a warm kernel in it, and wait for its sockets."""
        expect_sockets_alone(self.directory)
        if self.warm is not None and not self.warm.placed:
            self._place(self.warm, sandbox)
        elif sockets_listen(self.directory):
            self._take_over(init)

    def _place(self, warm: WarmCall, sandbox: BubblewrapProcess) -> None:
        """Have the warm kernel moved to where bubblewrap has made its place, once it has.

        The first process starts another when all namespaces are as they will stay.
        """
        assert sandbox.init is not None
        inside = only_child_of(sandbox.init)
        if inside is not None:
            warm.place(self.orders["warm"]["order"], inside, sandbox.stderr_end)
            sandbox.close_stderr_end()

    def _take_over(self, init: int) -> None:
        """All sockets are bound: move them out of the sandbox's reach and report ready."""
        if self.warm is None:
            kernel = only_child_of(init)  # it has started no other process yet
            self.kernel = os.pidfd_open(kernel) if kernel is not None else None
        else:
            self.kernel = self.warm.kernel
        if self.kernel is None:
            return  # a warm one's is on its way; else the deadline passes
        take_sockets(self.directory)
        self.clock = SandboxClock(self.limits["submission_seconds"])
        _report({"ready": True, "warm": self.warm is not None})

    # Ending

    def _conclude(self, end: SandboxExit) -> None:
        """Remember the first reason; later ones are its consequences."""
        self.end = self.end or end

    def _finish(self) -> None:
        """Kill every process, remove the control group and the directory, and report."""
        words = ""
        if self.sandbox is not None:
            self.sandbox.kill()
            if self.sandbox.stderr >= 0:
                with contextlib.suppress(OSError):
                    self.sandbox.read_stderr()
            words = self.sandbox.words
        if self.group is not None:
            self.group.remove()
        end_children(END_SECONDS)  # what bubblewrap did not live to reap
        self.directory.remove()
        end = self.end or SandboxExit(EndReason.LOST)
        detail = " ".join(part for part in (end.detail, words) if part)
        _report({"end": end.reason, "code": end.code, "detail": detail})


def _report(report: dict[str, Any]) -> None:
    """Report to our parent, if it is still there."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, json.dumps(report).encode() + b"\n")
