"""Finds how memory can be bounded on this machine, and makes a sandbox's control group.

Only a control group is a strong bound: pages of memfd and shared memory belong to no process. Where
there is none, the supervisor watches the memory of the processes, which is weak.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.machine import own_groups


class BoundKind(StrEnum):
    """How memory is bounded, best first."""

    SYSTEMD = "a systemd scope"
    V2 = "a delegated cgroup v2"
    V1 = "a cgroup v1"
    WATCHED = "watching (weak)"


@dataclass(frozen=True)
class MemoryBound:
    """A way to bound memory that was tried on this machine and works.

    Attributes:
        kind: see ``BoundKind``.
        parent: the control group in which a sandbox's own is made; empty where the supervisor's
            scope is the parent, and where memory is watched.
        prefix: what goes before the supervisor's command line.
    """

    kind: BoundKind
    parent: str = ""
    prefix: tuple[str, ...] = ()

    @property
    def robust(self) -> bool:
        """Whether student code cannot evade it."""
        return self.kind is not BoundKind.WATCHED


WATCHED = MemoryBound(BoundKind.WATCHED)


@dataclass(frozen=True)
class Group:
    """One sandbox's control group."""

    folder: Path
    version: int

    @classmethod
    def make(cls, kind: BoundKind, parent: Path, name: str, limit: int) -> Group:
        """Make a group whose processes may use ``limit`` bytes together.

        Raises:
            OSError: this account may not make control groups.
        """
        group = cls(parent / name, 1 if kind is BoundKind.V1 else 2)
        group.folder.mkdir()
        try:
            group._set_limits(limit)
        except OSError:
            group.remove()
            raise
        return group

    def _set_limits(self, limit: int) -> None:
        """Set the limits on memory and swap."""
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
        """Move a process into the group; processes that it starts later belong to it too."""
        self._write("cgroup.procs", pid)

    def kills(self) -> int:
        """How many processes Linux has killed because the group was full."""
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        lines = (self.folder / name).read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)

    def remove(self) -> None:
        """Kill the group's processes and remove it; Linux needs a moment after the last one."""
        for _ in range(100):
            for pid in map(int, _words(self.folder / "cgroup.procs")):
                if pid > 1:  # 0 is a process of another namespace; os.kill(0) would kill us
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
    """The best bound that works here, found by trying; ``grader doctor`` reports it."""
    return next((bound for bound in _candidates() if works(bound)), WATCHED)


def works(bound: MemoryBound) -> bool:
    """Whether a group can be made and joined in this way."""
    if bound.kind is BoundKind.SYSTEMD:
        return _prints_memory([*bound.prefix, "sh", "-c", _CONTROLLERS])
    import subprocess  # not in a supervisor, which is told the bound

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
    """Prepare the scope that contains only this process as a parent of groups.

    A v2 group that delegates memory to its children must not contain a process itself.

    Raises:
        OSError: the scope was not delegated.
    """
    scope = next(own.folder for own in own_groups("memory") if own.version == 2)
    (scope / "supervisor").mkdir()
    (scope / "supervisor" / "cgroup.procs").write_text(str(os.getpid()))
    (scope / "cgroup.subtree_control").write_text("+memory")
    return scope


_CONTROLLERS = "cat /sys/fs/cgroup$(grep ^0:: /proc/self/cgroup | cut -d: -f3)/cgroup.controllers"


def _candidates() -> Iterator[MemoryBound]:
    """Bounds that may work here, best first."""
    import shutil

    if Path("/run/systemd/system").is_dir() and shutil.which("systemd-run"):
        user = () if os.geteuid() == 0 else ("--user",)
        options = ("--scope", "--quiet", "--collect", "--property=Delegate=yes", "--")
        yield MemoryBound(BoundKind.SYSTEMD, prefix=("systemd-run", *user, *options))
    for own in sorted(own_groups("memory"), key=lambda own: -own.version):
        kind = BoundKind.V1 if own.version == 1 else BoundKind.V2
        for group in own.upward:
            if kind is BoundKind.V1 or "memory" in _words(group / "cgroup.subtree_control"):
                yield MemoryBound(kind, str(group))


def _words(path: Path) -> list[str]:
    """The words in a file; none where there is no file."""
    with contextlib.suppress(OSError):
        return path.read_text().split()
    return []


def _prints_memory(command: list[str]) -> bool:
    """Whether a command prints a list that contains the word memory."""
    import subprocess

    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "memory" in result.stdout.split()
