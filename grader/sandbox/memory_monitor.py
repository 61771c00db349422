"""Measures the memory of a sandbox where no control group bounds it (weak)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader import machine
from grader.sandbox.sandbox_exit import EndReason

PAGE = os.sysconf("SC_PAGE_SIZE")
PRIVATE_FILE_SYSTEMS = ("/home/student", "/dev/shm")


def exceeded(init: int, limit: int) -> EndReason | None:
    """Why a sandbox has to end: it uses more than its limit, or the host has too little left.

    Args:
        init: the sandbox's first process, as the host numbers it.
        limit: bytes that its processes and its files in memory may use.
    """
    with contextlib.suppress(OSError):  # it may have ended, which its supervisor sees next
        if used(init, PRIVATE_FILE_SYSTEMS) > limit:
            return EndReason.MEMORY_LIMIT
    free, total = machine.memory()
    return EndReason.HOST_MEMORY if free < min(256 << 20, total // 20) else None


def processes_inside(init: int) -> Iterator[int]:
    """Processes in the same process namespace as ``init``, itself among them."""
    space = os.stat(f"/proc/{init}/ns/pid").st_ino  # noqa: PTH116 - Path.stat asks twice as long
    for name in os.listdir("/proc"):  # noqa: PTH208 - twice a second, on a machine of many processes
        if name.isdecimal():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}/ns/pid").st_ino == space:  # noqa: PTH116
                    yield int(name)


def used(init: int, folders: Iterable[str]) -> int:
    """Bytes that a sandbox uses: its processes' proportional set size, and its files in memory.

    Args:
        init: the sandbox's first process, as the host numbers it.
        folders: mount points of file systems in memory, as paths inside the sandbox.
    """
    files = 0
    for folder in folders:
        with contextlib.suppress(OSError):
            status = os.statvfs(f"/proc/{init}/root{folder}")
            files += (status.f_blocks - status.f_bfree) * status.f_frsize
    return files + sum(_share(pid) for pid in processes_inside(init))


def _share(pid: int) -> int:
    """A process's proportional set size, in bytes; 0 when it has ended."""
    with contextlib.suppress(OSError, ValueError):
        if int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE < 16 << 20:
            return 4 << 20  # too small to be worth smaps_rollup, for which Linux walks all pages
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0
