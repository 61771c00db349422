"""The memory of a tree of processes, each page counted once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class TreeMemory:
    """What processes hold together.

    Attributes:
        bytes: the sum of their proportional set sizes (PSS): a page that n processes share counts
            as 1/n for each.
        estimated: processes whose PSS this account may not read; of these, resident pages less
            shared ones are in the sum.
    """

    bytes: int
    estimated: int


def of(processes: Iterable[int]) -> TreeMemory:
    """Measure; processes that end meanwhile count as nothing."""
    total = estimated = 0
    for pid in processes:
        held = _proportional(pid)
        if held is None:
            held, estimated = _unshared(pid), estimated + 1
        total += held
    return TreeMemory(total, estimated)


def peak(pid: int) -> int:
    """The most that one process has held resident so far, in bytes; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


def _proportional(pid: int) -> int | None:
    """PSS in bytes; 0 for a process that has ended, None for one that is not ours to read."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return None
    except OSError:  # it has ended: no such file, or no such process
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _unshared(pid: int) -> int:
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * _PAGE
