"""The cores and the memory that this process may use: the machine's, or its container's.

A container or a job of a cluster is bounded by control groups. Its processes see the cores and the
memory of the whole machine, and are slowed down or killed for using them. See "cpu.max" and
"memory.max" in https://docs.kernel.org/admin-guide/cgroup-v2.html, and for version 1 "cpu.cfs_*" in
https://docs.kernel.org/scheduler/sched-bwc.html.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ZEROMQ_THREADS = 2  # of a context: one reads and writes, one closes sockets
_NO_LIMIT = 1 << 60  # version 1 writes the largest number of pages
_OOM_SCORE = 500  # of 1000


def cores() -> int:
    """Cores that this process may compute on at once; at least 1."""
    quotas = [quota for group in _upward("cpu") if (quota := _quota(group)) is not None]
    return max(1, min([len(os.sched_getaffinity(0)), *map(math.ceil, quotas)]))


def free_memory() -> int:
    """Bytes that this process may still use, with its children; never negative."""
    rooms = [room for group in _upward("memory") if (room := _room(group)) is not None]
    return max(0, min([memory()[0], *rooms]))


def all_memory() -> int:
    """Bytes that this process could use if nothing else ran: the machine's, or a group's limit."""
    limits = [most for group in _upward("memory") if (most := _most(group)) is not None]
    return min([memory()[1], *limits])


def expect_threads(count: int) -> None:
    """Start so many threads at once and end them, to see whether that is possible.

    Called before a library that ends the whole process where it gets no thread, as ZeroMQ does.

    Raises:
        RuntimeError: this machine has not as many left ("can't start new thread").
    """
    import threading  # not in a supervisor, which never asks

    over, started = threading.Event(), list[threading.Thread]()
    try:
        for _ in range(count):
            thread = threading.Thread(target=over.wait, name="probe")
            thread.start()
            started.append(thread)
    finally:
        over.set()
        for thread in started:
            thread.join()


def end_this_first() -> None:
    """Where memory runs out, let the kernel end this process before others."""
    with contextlib.suppress(OSError):  # some machines do not allow it
        Path("/proc/self/oom_score_adj").write_text(str(_OOM_SCORE))


def memory() -> tuple[int, int]:
    """Available and total memory of the machine, in bytes, without the bounds of this process."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    amounts = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines}
    return amounts["MemAvailable"], amounts["MemTotal"]


def _quota(group: Path) -> float | None:
    """Processor seconds a second that a control group may use; None: not limited."""
    if (text := _read(group / "cpu.max")) is not None:
        quota, period = text.split()
    else:
        quota = _read(group / "cpu.cfs_quota_us") or "-1"
        period = _read(group / "cpu.cfs_period_us") or "0"
    return int(quota) / int(period) if quota not in ("max", "-1") and int(period) else None


def _room(group: Path) -> int | None:
    """Bytes that a control group may still take; files that can be dropped count as free."""
    most = _most(group)
    used = _read(group / "memory.current") or _read(group / "memory.usage_in_bytes")
    if most is None or used is None:
        return None
    statistics = dict(line.split() for line in (_read(group / "memory.stat") or "").splitlines())
    droppable = int(statistics.get("total_inactive_file", statistics.get("inactive_file", 0)))
    return most - int(used) + droppable


def _most(group: Path) -> int | None:
    """Bytes that a control group may take; None: not limited."""
    most = _read(group / "memory.max") or _read(group / "memory.limit_in_bytes") or "max"
    return None if most == "max" or int(most) >= _NO_LIMIT else int(most)


@dataclass(frozen=True)
class OwnGroup:
    """A control group that bounds this process.

    Attributes:
        version: 1 or 2.
        mount: where groups of its hierarchy are shown.
        folder: the group.
    """

    version: int
    mount: Path
    folder: Path

    @property
    def upward(self) -> Iterator[Path]:
        """The group and all above it that can be seen: the limits of each hold."""
        for group in (self.folder, *self.folder.parents):
            if group.is_relative_to(self.mount):
                yield group


def own_groups(controller: str) -> Iterator[OwnGroup]:
    """The groups that may bound this process, of version 1 or 2, for ``memory`` or ``cpu``."""
    mounts = _mounts(controller)
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        version = 1 if controller in names.split(",") else 2
        if version in mounts and (version == 1 or not names):
            root, mount = mounts[version]
            below = path.lstrip("/") if root == "/" else os.path.relpath(path, root)
            yield OwnGroup(version, mount, mount / below)


def _mounts(controller: str) -> dict[int, tuple[str, Path]]:
    """Version to the group that is shown, and where; see ``man proc_pid_mountinfo``."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split()
        version = {"cgroup": 1, "cgroup2": 2}.get(kind)
        if version == 2 or (version == 1 and controller in options.split(",")):
            mounts[version] = (fields.split()[3], Path(fields.split()[4]))
    return mounts


def _upward(controller: str) -> Iterator[Path]:
    for own in own_groups(controller):
        yield from own.upward


def _read(file: Path) -> str | None:
    with contextlib.suppress(OSError):
        return file.read_text().strip()
    return None
