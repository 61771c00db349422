"""What grading has left on the machine: processes, mounts, control groups, sockets, files."""

from __future__ import annotations

import contextlib
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.sandbox.memory import memory_bound
from grader.sandbox.sandbox_dir import PLACE
from tests.patience import eventually

_SAMPLED = 0.05  # seconds between two looks at which processes there are
_MOMENT = 10.0  # seconds in which everything has to be gone
# Folders and control groups carry the number of the process that made them.
_MADE = re.compile(r"grader-(?:judge|sandbox|warm|referee|claims|try)-(\d+)")
_SOCKETS, _MOUNTS = Path("/proc/net/unix"), Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Kept:
    """What is there at a moment, of what this process and those below it have made."""

    found: frozenset[str]

    def __sub__(self, other: Kept) -> list[str]:
        return sorted(self.found - other.found)


class Watcher:
    """Knows every process that was started below this one, also those whose parent has ended.

    Other programs may grade on the same machine: by its processes it is known what is ours.
    """

    def __init__(self) -> None:
        self._seen = {psutil.Process()}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="leftovers", daemon=True)

    def now(self) -> Kept:
        """What there is."""
        return Kept(frozenset(self._all()))

    def left(self, before: Kept) -> list[str]:
        """What there is and was not before; waits a moment for it to go."""
        eventually(lambda: not self.now() - before, _MOMENT)
        return self.now() - before

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLED):
            self._look()

    def _look(self) -> None:
        for process in tuple(self._seen):
            with contextlib.suppress(psutil.Error):
                self._seen.update(process.children(recursive=True))

    def _all(self) -> Iterator[str]:
        self._look()
        ours = tuple(self._seen)
        numbers = {process.pid for process in ours}
        yield from map(_named, filter(_runs, ours))
        bound = memory_bound()
        groups = Path(bound.parent).glob("grader-*") if bound.parent else ()
        yield from (f"a control group: {path.name}" for path in groups if _is_of(path, numbers))
        yield from (f"a file: {path}" for path in PLACE.glob("grader-*") if _is_of(path, numbers))
        place = Path(tempfile.gettempdir())
        if place != PLACE:
            yield from (f"a file: {path.name}" for path in place.iterdir())
        for line in (*_lines(_MOUNTS), *_lines(_SOCKETS)):
            made = _MADE.search(line)
            if (made and int(made[1]) in numbers) or (place != PLACE and str(place) in line):
                yield f"a mount or socket: {line.split(maxsplit=3)[-1]}"


def _is_of(path: Path, numbers: set[int]) -> bool:
    made = _MADE.match(path.name)
    return made is not None and int(made[1]) in numbers


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _named(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"a process: {process.pid} {process.name()}"
    return f"a process: {process.pid}"
