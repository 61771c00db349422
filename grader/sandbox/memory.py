"""Which bound on memory this machine offers, and holding a sandbox to it.

A control group is the only bound that holds: pages of memfd and shared memory belong to no
process. Where none is to be had, a keeper watches what the processes hold, which is weak.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class BoundKind(StrEnum):
    """How memory is held, best first."""

    SYSTEMD = "a systemd scope"
    V2 = "a delegated cgroup v2"
    V1 = "a cgroup v1"
    WATCHED = "watching (weak)"


@dataclass(frozen=True)
class MemoryBound:
    """A way to hold memory that was tried here and works.

    Attributes:
        kind: see ``BoundKind``.
        parent: the control group in which a sandbox's own is made; empty where the keeper's own
            scope takes that part, and where memory is watched.
        prefix: what goes before the keeper's command line.
    """

    kind: BoundKind
    parent: str = ""
    prefix: tuple[str, ...] = ()

    @property
    def robust(self) -> bool:
        """Whether a student cannot get around it."""
        return self.kind is not BoundKind.WATCHED


WATCHED = MemoryBound(BoundKind.WATCHED)


@dataclass(frozen=True)
class Group:
    """One sandbox's control group."""

    folder: Path
    version: int

    @classmethod
    def make(cls, kind: BoundKind, parent: Path, name: str, limit: int) -> Group:
        """Make a group that holds its processes to ``limit`` bytes together.

        Raises:
            OSError: the kernel, or whoever set up this machine, does not let us.
        """
        group = cls(parent / name, 1 if kind is BoundKind.V1 else 2)
        group.folder.mkdir()
        try:
            group._hold(limit)
        except OSError:
            group.remove()
            raise
        return group

    def _hold(self, limit: int) -> None:
        """Set the limits; swap would only make a hog slow."""
        if self.version == 1:
            self._write("memory.limit_in_bytes", limit)
            if (self.folder / "memory.memsw.limit_in_bytes").exists():
                self._write("memory.memsw.limit_in_bytes", limit)
            return
        self._write("memory.max", limit)
        if (self.folder / "memory.swap.max").exists():
            self._write("memory.swap.max", 0)
        self._write("memory.oom.group", 1)

    def join(self, pid: int) -> None:
        """Put a process into the group; what it starts is in it, too."""
        self._write("cgroup.procs", pid)

    def kills(self) -> int:
        """How many processes the kernel has killed because the group was full."""
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        lines = (self.folder / name).read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def remove(self) -> None:
        """End what is in the group and remove it, which takes a moment after its last process."""
        for _ in range(100):
            for pid in map(int, _words(self.folder / "cgroup.procs")):
                if pid > 1:  # 0 stands for a process that we cannot see, and to kill for ourselves
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)
            try:
                self.folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.02)
            else:
                return

    def _write(self, name: str, value: int) -> None:
        """Set one of the group's values."""
        (self.folder / name).write_text(str(value))


@functools.cache
def memory_bound() -> MemoryBound:
    """Find the best bound, by trying; ``grader doctor`` reports it."""
    return next((bound for bound in _candidates() if works(bound)), WATCHED)


def works(bound: MemoryBound) -> bool:
    """Whether a group can be made and joined in this way."""
    if bound.kind is BoundKind.SYSTEMD:
        return _says_memory([*bound.prefix, "sh", "-c", _CONTROLLERS])
    process = subprocess.Popen(["sleep", "60"])
    try:
        group = Group.make(bound.kind, Path(bound.parent), f"grader-try-{process.pid}", 64 << 20)
        try:
            group.join(process.pid)
        finally:
            process.kill()
            process.wait()
            group.remove()
    except OSError:
        return False
    finally:
        process.kill()
        process.wait()
    return True


def own_scope() -> Path:
    """Make room for groups in the scope that this process alone is in.

    A v2 group that hands memory on to groups below it may hold no process itself.

    Raises:
        OSError: the scope was not delegated.
    """
    mount, path = next((m, p) for kind, m, p in _own_groups() if kind is BoundKind.V2)
    scope = mount / path
    (scope / "keeper").mkdir()
    (scope / "keeper" / "cgroup.procs").write_text(str(os.getpid()))
    (scope / "cgroup.subtree_control").write_text("+memory")
    return scope


_CONTROLLERS = "cat /sys/fs/cgroup$(grep ^0:: /proc/self/cgroup | cut -d: -f3)/cgroup.controllers"


def _candidates() -> Iterator[MemoryBound]:
    """Bounds that may be had here, best first."""
    if Path("/run/systemd/system").is_dir() and shutil.which("systemd-run"):
        user = () if os.geteuid() == 0 else ("--user",)
        options = ("--scope", "--quiet", "--collect", "--property=Delegate=yes", "--")
        yield MemoryBound(BoundKind.SYSTEMD, prefix=("systemd-run", *user, *options))
    groups = sorted(_own_groups(), key=lambda group: group[0] is BoundKind.V1)
    for kind, mount, path in groups:
        folder = mount / path
        for parent in [folder, *folder.parents]:
            if not parent.is_relative_to(mount):
                break
            if kind is BoundKind.V1 or "memory" in _words(parent / "cgroup.subtree_control"):
                yield MemoryBound(kind, str(parent))


def _own_groups() -> Iterator[tuple[BoundKind, Path, Path]]:
    """The groups that bound this process's memory: kind, where mounted, path below that."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, kind = line.partition(" - ")
        if kind.startswith(("cgroup2 ", "cgroup ")):
            options = kind.split()[2].split(",")
            name = "" if kind.startswith("cgroup2 ") else "memory" if "memory" in options else None
            mounts[name] = (fields.split()[3], Path(fields.split()[4]))
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        name = "memory" if "memory" in names.split(",") else names
        if name in mounts and name in {"", "memory"}:
            root, mount = mounts[name]
            below = Path(path.lstrip("/")) if root == "/" else Path(os.path.relpath(path, root))
            yield (BoundKind.V1 if name else BoundKind.V2), mount, below


def _words(path: Path) -> list[str]:
    """What a file of the kernel's lists; nothing where there is none."""
    with contextlib.suppress(OSError):
        return path.read_text().split()
    return []


def _says_memory(command: list[str]) -> bool:
    """Whether a command answers with a list in which memory stands."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "memory" in answer.stdout.split()
