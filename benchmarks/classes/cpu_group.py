"""A control group that counts the processor time of all processes started in it."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CpuGroup:
    """A group of cgroup v1's controller ``cpuacct``.

    It counts also what was killed, and what left its parents. Of cgroup v2 none is made: the
    grader bounds the memory of its sandboxes below the group in which it finds itself, and would
    do so in another way in a group of ours.
    """

    folder: Path

    @classmethod
    def make(cls, name: str) -> CpuGroup | None:
        """Make a group below this process's own; None where that cannot be done."""
        mount, own = _mount(), _own()
        if mount is None or own is None:
            return None
        group = cls(mount / own.lstrip("/") / name)
        try:
            group.folder.mkdir()
        except OSError:
            return None
        return group

    def join(self) -> None:
        """Move this process into the group; what it starts later belongs to it too."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """Processor time of all processes that are or were in the group."""
        return int((self.folder / "cpuacct.usage").read_text()) / 1e9

    def members(self) -> list[int]:
        """The processes in the group now."""
        return [int(line) for line in (self.folder / "cgroup.procs").read_text().split()]

    def remove(self) -> None:
        """Remove the group; Linux needs a moment after its last process."""
        for _ in range(50):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.02)


def _mount() -> Path | None:
    """Where the controller is mounted."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, folder, kind, options, *_ = line.split()
        if kind == "cgroup" and "cpuacct" in options.split(","):
            return Path(folder)
    return None


def _own() -> str | None:
    """This process's group, as the controller names it."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpuacct" in controllers.split(","):
            return path
    return None
