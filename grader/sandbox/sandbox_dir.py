"""The directory on the host that belongs to one sandbox, and is removed with it."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.removal import remove_tree

# Short, since the path of a socket has at most 107 bytes; and every account may enter it.
PLACE = Path("/tmp")
CHANNELS = 5  # shell, iopub, stdin, control, heartbeat


@dataclass(frozen=True)
class SandboxDir:
    """A sandbox's directory on the host.

    The kernel binds its sockets in ``exposed``. Before any student code runs, they are moved into
    ``private``, which the sandbox cannot see, and ``exposed`` is removed. Bound sockets survive
    that, and nobody can create a file in a removed directory. So student code cannot put a link to
    another socket where our client connects.
    """

    folder: Path

    @classmethod
    def make(cls) -> SandboxDir:
        """Create a directory with an unused name, which holds the number of this process."""
        import tempfile  # not in a supervisor, which is told the directory

        prefix = f"grader-sandbox-{os.getpid()}-"
        directory = cls(Path(tempfile.mkdtemp(prefix=prefix, dir=PLACE)))
        directory.create()
        return directory

    def create(self) -> None:
        """Create its folders; they are gone when a kernel is started again."""
        self.folder.mkdir(mode=0o711, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.exposed, self.private):
            folder.mkdir(mode=0o700, exist_ok=True)

    def remove(self) -> None:
        """Remove the directory and its contents."""
        remove_tree(self.folder)

    @property
    def exposed(self) -> Path:
        """The folder that the sandbox sees."""
        return self.folder / "exposed"

    @property
    def private(self) -> Path:
        """The folder that the sandbox does not see."""
        return self.folder / "private"

    @property
    def address(self) -> str:
        """The prefix of the sockets' paths for clients; Jupyter appends a dash and a number."""
        return str(self.private / "k")

    @property
    def connection_file(self) -> Path:
        """The connection file for clients, with the same key as the kernel's own."""
        return self.folder / "kernel.json"


def expect_sockets_alone(directory: SandboxDir) -> None:
    """Expect nothing in the exposed folder but the kernel's sockets, while it starts.

    The folder is the host's, and no file system of a fixed size: what a kernel wrote there would
    fill the host's. No student code runs as long as the folder is there; this holds where it did.

    Raises:
        ValueError: there is something else.
    """
    with os.scandir(directory.exposed) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # ZeroMQ removes a file before it binds
                if not stat.S_ISSOCK(entry.stat(follow_symlinks=False).st_mode):
                    raise ValueError(
                        f"{entry.name[:100]!r} lies beside the kernel's sockets, and is none: "
                        "nothing may write there"
                    )


def sockets_listen(directory: SandboxDir) -> bool:
    """Whether the kernel has bound all its sockets."""
    return all(_listens(directory.exposed / name) for name in _names())


def take_sockets(directory: SandboxDir) -> None:
    """Move the sockets to where the sandbox cannot see them, and remove the exposed folder.

    Raises:
        ValueError: one of them is no socket.
        OSError: there are other files beside them.
    """
    for name in _names():
        (directory.exposed / name).rename(directory.private / name)
        # Checked after the move, when the sandbox can no longer replace it by a link.
        if not stat.S_ISSOCK((directory.private / name).lstat().st_mode):
            raise ValueError(f"{name} is no socket")
    directory.exposed.rmdir()


def _names() -> list[str]:
    """The file names of the kernel's sockets."""
    return [f"k-{number}" for number in range(1, CHANNELS + 1)]


def _listens(path: Path) -> bool:
    """Whether a process listens on a socket; clients connect once and do not retry."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        if stat.S_ISSOCK(path.lstat().st_mode):
            caller.connect(str(path))
            return True
    return False
