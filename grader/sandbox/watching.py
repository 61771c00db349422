"""Watching the memory of a sandbox where no control group holds it: the weak way."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def inhabitants(init: int) -> Iterator[int]:
    """Processes in the same process namespace as ``init``, itself among them."""
    space = os.stat(f"/proc/{init}/ns/pid").st_ino  # noqa: PTH116 - Path.stat asks twice as long
    for name in os.listdir("/proc"):  # noqa: PTH208 - twice a second, on a machine of many processes
        if name.isdecimal():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}/ns/pid").st_ino == space:  # noqa: PTH116
                    yield int(name)


def used(init: int, folders: Iterable[str]) -> int:
    """Bytes that a sandbox holds: its processes' fair share of pages, and its files in memory.

    Args:
        init: the sandbox's first process, as the host numbers it.
        folders: the file systems in memory, as the sandbox names them.
    """
    files = 0
    for folder in folders:
        with contextlib.suppress(OSError):
            status = os.statvfs(f"/proc/{init}/root{folder}")
            files += (status.f_blocks - status.f_bfree) * status.f_frsize
    return files + sum(_share(pid) for pid in inhabitants(init))


def available() -> tuple[int, int]:
    """Bytes of memory that this machine can still give, and has in all."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    amounts = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines}
    return amounts["MemAvailable"], amounts["MemTotal"]


def _share(pid: int) -> int:
    """A process's proportional set, in bytes; 0 when it is gone."""
    with contextlib.suppress(OSError, ValueError):
        if int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE < 16 << 20:
            return 4 << 20  # not worth a walk through its pages, which the kernel does on each read
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0
