"""The folder on the host that belongs to one sandbox, and is gone with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Paths of sockets hold 107 bytes, and whoever the kernel runs as must be let through.
PLACE = Path("/tmp")
CHANNELS = 5  # shell, iopub, stdin, control, heartbeat


@dataclass(frozen=True)
class Room:
    """A sandbox's folder.

    The kernel binds its sockets in ``open``. Before any student code runs they are moved into
    ``shut``, which the sandbox cannot see, and ``open`` is removed: bound sockets survive that,
    while a folder that is gone takes no new files. So nobody inside can put a link to another
    socket where our client will connect.
    """

    folder: Path

    @classmethod
    def make(cls) -> Room:
        """Make a room of a name that nobody has, and that tells which process made it."""
        prefix = f"grader-sandbox-{os.getpid()}-"
        room = cls(Path(tempfile.mkdtemp(prefix=prefix, dir=PLACE)))
        room.furnish()
        return room

    def furnish(self) -> None:
        """Make its folders; a kernel that starts again finds them gone."""
        self.folder.mkdir(mode=0o711, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.open, self.shut):
            folder.mkdir(mode=0o700, exist_ok=True)

    def remove(self) -> None:
        """Remove it and all it holds."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def open(self) -> Path:
        """What the sandbox sees."""
        return self.folder / "open"

    @property
    def shut(self) -> Path:
        """What it does not."""
        return self.folder / "shut"

    @property
    def address(self) -> str:
        """Where clients find the sockets; Jupyter appends a dash and a channel's number."""
        return str(self.shut / "k")

    @property
    def connection_file(self) -> Path:
        """For clients, with the same key as the kernel's own."""
        return self.folder / "kernel.json"


def sockets_listen(room: Room) -> bool:
    """Whether the kernel has bound all its sockets."""
    return all(_listens(room.open / name) for name in _names())


def take_sockets(room: Room) -> None:
    """Move the sockets to where the sandbox cannot see them, and close the way behind them.

    Raises:
        ValueError: one of them is something else.
        OSError: something else lies beside them.
    """
    for name in _names():
        (room.open / name).rename(room.shut / name)
        # Only now can nobody change it: a link here would lead our client astray.
        if not stat.S_ISSOCK((room.shut / name).lstat().st_mode):
            raise ValueError(f"{name} is no socket")
    room.open.rmdir()


def _names() -> list[str]:
    """What the kernel calls its sockets."""
    return [f"k-{number}" for number in range(1, CHANNELS + 1)]


def _listens(path: Path) -> bool:
    """Whether somebody listens at a socket; a client that comes too early would not try again."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        if stat.S_ISSOCK(path.lstat().st_mode):
            caller.connect(str(path))
            return True
    return False
