"""Becoming nobody before a sandbox is made, where the grader was started as root.

Limits on processes do not bind root, and what root's sandbox wrote would be root's. But Python and
the course may stand where only root can enter. So what the sandbox shows is first bound to an open
place, in a mount namespace that nobody else sees and that is gone with its last process.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterable
from pathlib import Path

NOBODY = 65534

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV = 0x20000, 4096, 16384, 1 << 18, 2, 4
PR_SET_PDEATHSIG = 1


def must_drop() -> bool:
    """Whether we are root, and so must become nobody."""
    return os.geteuid() == 0


def give(folder: Path) -> None:
    """Let whoever the sandbox runs as have this folder."""
    if must_drop():
        os.chown(folder, NOBODY, NOBODY)


def open_places(sources: Iterable[str], folder: Path) -> dict[str, str]:
    """Bind each source to a place below ``folder`` that anybody may reach.

    Runs in the process that becomes the sandbox, before ``drop``. Where we are not root a source
    is its own place, since what this user cannot reach is not shown to students either.

    Raises:
        OSError: root's rights do not go so far, as in some containers.
    """
    if not must_drop():
        return {source: source for source in sources}
    libc = ctypes.CDLL(None, use_errno=True)
    text, flags = ctypes.c_char_p, ctypes.c_ulong
    libc.mount.argtypes = (text, text, text, flags, text)
    _call(libc.unshare, CLONE_NEWNS)
    _call(libc.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    _call(libc.mount, b"tmpfs", bytes(folder), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755")
    places = {}
    for number, source in enumerate(dict.fromkeys(sources)):
        place = folder / str(number)
        place.mkdir() if Path(source).is_dir() else place.touch()
        _call(libc.mount, os.fsencode(source), bytes(place), None, MS_BIND | MS_REC, None)
        places[source] = str(place)
    return places


def drop() -> None:
    """Become nobody for good, where we are root."""
    if must_drop():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def die_with_parent(parent: int) -> None:
    """Be killed when ``parent`` ends. After ``drop``, which would undo it; a new program keeps it.

    Raises:
        OSError: it has ended already.
    """
    _call(ctypes.CDLL(None, use_errno=True).prctl, PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise ProcessLookupError("the keeper is gone")


def _call(function: ctypes._NamedFuncPointer, *arguments: bytes | int | None) -> None:
    """Call a function of libc that answers 0, or raise what went wrong."""
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}: {os.strerror(code)}")
