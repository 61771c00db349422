"""Processes of the host, by number and by descriptor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
_REAP_SECONDS = 0.005


def children_of(parent: int) -> list[int]:
    """Living processes whose parent is ``parent``."""
    children = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - only names are needed
        if entry.isdecimal():
            with contextlib.suppress(OSError):
                text = Path("/proc", entry, "stat").read_text()
                if int(text.rpartition(")")[2].split()[1]) == parent:
                    children.append(int(entry))
    return children


def only_child_of(parent: int) -> int | None:
    """The child of a process that has at most one, and starts no other while we look.

    Linux lists a process's children where it was built to; else all processes are searched.
    """
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        children = list(map(str, children_of(parent)))
    return int(children[0]) if children else None


def number_of(process: int) -> int:
    """A process's number, by its descriptor.

    Raises:
        ProcessLookupError: it has ended.
    """
    lines = Path(f"/proc/self/fdinfo/{process}").read_text().splitlines()
    number = next((int(line[4:]) for line in lines if line.startswith("Pid:")), -1)
    if number <= 0:
        raise ProcessLookupError("the process has ended")
    return number


def send(process: int, number: int) -> None:
    """Signal a process by its descriptor, which is never reused for another process."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, number)


def gone(process: int, milliseconds: int) -> bool:
    """Whether a process has ended, or does so within that time."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    return bool(waiting.poll(milliseconds))


def adopt_orphans() -> None:
    """Become the parent of each process below this one whose own parent ends.

    Else the first process of the machine gets them. In a container that is often a program that
    reaps nobody: they stay, and the first process of a namespace does not end before all others in
    it are reaped.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children(seconds: float) -> None:
    """Kill all children of this process, adopted ones too, and reap those that end in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:  # none is left, as usual
            return
        for pid in children_of(os.getpid()):  # a number stays its own until it is reaped
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_REAP_SECONDS)
