"""Processes of the host, by number and by descriptor."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path


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
