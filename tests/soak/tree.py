"""All processes below some roots, and what they have made on a machine that others use, too."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.sandbox.memory import memory_bound
from grader.sandbox.sandbox_dir import PLACE
from tests.soak import processes
from tests.soak.samples import Sample

_LOOK_SECONDS = 0.2
# Folders, groups, mounts and sockets carry the number of the process that made them.
_MADE = re.compile(r"grader-(?:judge|sandbox|warm|referee|claims|try)-(\d+)")


class Tree:
    """Knows every process that was ever started below the roots.

    Args:
        roots: the number of each root, by what the table calls it.
    """

    def __init__(self, roots: dict[str, int]) -> None:
        self._roots = roots
        self._alive = {pid: processes.read(pid).started for pid in roots.values()}
        self._ever = dict(self._alive)
        self._commands: dict[int, str] = {}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="tree", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def sample(self, submissions: int, seconds: float) -> Sample:
        """What there is now."""
        pids = self.alive()
        memory = {name: _memory(pid) for name, pid in self._roots.items()}
        everything = sum(map(_memory, pids))
        left = self.made()
        return Sample(
            submissions=submissions,
            seconds=seconds,
            grading_bytes=memory["grading"],
            service_bytes=memory["service"],
            parents_bytes=everything - sum(memory.values()),
            processes=len(pids),
            threads=sum(_count(pid, "task") for pid in pids),
            descriptors=sum(_count(pid, "fd") for pid in pids),
            groups=sum(each.startswith("group") for each in left),
            folders=sum(each.startswith("folder") for each in left),
            mounts=sum(each.startswith("mount") for each in left),
            sockets=sum(each.startswith("socket") for each in left),
        )

    def alive(self) -> Sequence[int]:
        """Numbers of those that run."""
        with self._lock:
            self._look()
            return sorted(self._alive)

    def left(self) -> list[str]:
        """A line for each process that runs, and for what they have made."""
        return [*map(self._described, self.alive()), *self.made()]

    def zombies(self) -> list[str]:
        """A line for each process that has ended and was not reaped."""
        self.alive()
        ended = {each.pid: each.started for each in processes.every() if each.state == "Z"}
        ours = (pid for pid, started in self._ever.items() if ended.get(pid) == started)
        return list(map(self._described, sorted(ours)))

    def _described(self, pid: int) -> str:
        return processes.described(pid, self._commands.get(pid, ""))

    def made(self) -> list[str]:
        """What those that run, or have ended, have on the machine."""
        self.alive()
        return sorted(self._made())

    def _made(self) -> Iterator[str]:
        bound = memory_bound()
        groups = Path(bound.parent).glob("grader-*") if bound.parent else ()
        yield from (f"group {path.name}" for path in groups if self._is_ours(path.name))
        yield from (
            f"folder {path.name}" for path in PLACE.glob("grader-*") if self._is_ours(path.name)
        )
        for kind, file in (("mount", "/proc/self/mountinfo"), ("socket", "/proc/net/unix")):
            lines = Path(file).read_text(errors="replace").splitlines()
            yield from (f"{kind} {line.split()[-1]}" for line in lines if self._is_ours(line))

    def _is_ours(self, text: str) -> bool:
        made = _MADE.search(text)
        return made is not None and int(made[1]) in self._ever

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            with self._lock:
                self._look()

    def _look(self) -> None:
        there = {each.pid: each for each in processes.every() if each.state != "Z"}
        self._alive = {
            pid: at for pid, at in self._alive.items() if pid in there and there[pid].started == at
        }
        while added := {
            pid: each.started
            for pid, each in there.items()
            if pid not in self._alive and each.parent in self._alive
        }:
            self._alive |= added
        self._ever |= self._alive
        self._commands |= {pid: said for pid in self._alive if (said := processes.command(pid))}


def _memory(pid: int) -> int:
    """Bytes of a process; pages that it shares with its forks count in part.

    Pages of files are left out: how many a process has alone depends on which other programs of the
    machine have read the same files.
    """
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kept = (line.split() for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
        return sum(int(fields[1]) << 10 for fields in kept)
    return 0


def _count(pid: int, kind: str) -> int:
    with contextlib.suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/{kind}").iterdir())
    return 0
