"""Processes of this machine as /proc shows them, also those that have no command line any more."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 200  # characters of a command line


@dataclass(frozen=True)
class Process:
    """A process at a moment.

    Attributes:
        pid, parent: its number and its parent's.
        name: what Linux calls it.
        state: a letter; Z is a zombie, which has ended and was not reaped.
        started: when; with the number it is one process's alone.
    """

    pid: int
    parent: int
    name: str
    state: str
    started: str


def read(pid: int) -> Process:
    """One process; raises ``OSError`` where it is gone."""
    head, _, tail = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
    fields = tail.split()
    return Process(pid, int(fields[1]), head.partition("(")[2], fields[0], fields[19])


def every() -> Iterator[Process]:
    """All processes, zombies among them."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                yield read(int(folder.name))


def command(pid: int) -> str:
    """What a process was started with; empty once it ends, and for a zombie."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return " ".join(words.split("\0"))[:_LONGEST].strip()
    return ""


def described(pid: int, former: str = "") -> str:
    """A process in words: how it was started, in which state it is and waits, and its parent.

    Args:
        pid: its number.
        former: the command line that was seen last.
    """
    try:
        process = read(pid)
        waits = Path(f"/proc/{pid}/wchan").read_text()
        parent = read(process.parent).name if process.parent else "none"
    except OSError:
        return f"process {pid} (ended meanwhile)"
    started = command(pid) or former or f"[{process.name}]"
    state = f"{process.state} {waits}" if waits not in ("", "0") else process.state
    return f"process {pid} ({state}): {started}; parent {process.parent} ({parent})"
