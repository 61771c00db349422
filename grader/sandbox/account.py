"""Changes to the account nobody before a sandbox is started, where the grader runs as root.

Limits on processes do not bind root, and files that root's sandbox wrote would belong to root. But
Python and the course may be in folders that only root can enter. So what the sandbox shows is first
bound below a folder that every account may enter, in a private mount namespace, which ends with its
last process.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterable
from pathlib import Path

NOBODY = 65534

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV = 0x20000, 4096, 16384, 1 << 18, 2, 4
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def must_drop() -> bool:
    """Whether this process is root, and so must become nobody."""
    return os.geteuid() == 0


def give(folder: Path) -> None:
    """Make the account that the sandbox runs as the owner of this folder."""
    if must_drop():
        os.chown(folder, NOBODY, NOBODY)


def open_places(sources: Iterable[str], folder: Path) -> dict[str, str]:
    """Bind each source below ``folder``, where every account can reach it.

    Runs in the process that becomes the sandbox, before ``drop``. Without root, a source keeps its
    own path: files that this user cannot read are not shown to students either.

    Raises:
        OSError: root may not mount here, as in some containers.
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
    """Change to the account nobody for good, if this process is root."""
    if must_drop():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def join_user_namespace(process: int) -> None:
    """Join the user namespace of a process of this account, after ``drop``.

    A sandbox that is made from there can be entered from there; see ``grader.sandbox.warm``.

    Args:
        process: a descriptor of it.

    Raises:
        OSError: it has ended, or it is another account's.
    """
    _call(ctypes.CDLL(None, use_errno=True).setns, process, CLONE_NEWUSER)


def die_with_parent(parent: int) -> None:
    """Have Linux kill this process when ``parent`` ends.

    Call it after ``drop``, which would undo it; ``exec`` keeps it.

    Raises:
        OSError: the parent has ended already.
    """
    _call(ctypes.CDLL(None, use_errno=True).prctl, PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise ProcessLookupError("the supervisor is gone")


def _call(function: ctypes._NamedFuncPointer, *arguments: bytes | int | None) -> None:
    """Call a function of libc; raises ``OSError`` unless it returns 0."""
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}: {os.strerror(code)}")
