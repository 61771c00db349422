"""What a fork of the warm parent enters and gives up on its way to a kernel.

Like the parent's program it is shown in a sandbox, and imports nothing else of ours.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from typing import Any

# All that bubblewrap unshares: user, mount, process, network, interprocess, host name, group.
NAMESPACES = (
    0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x02000000
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
SECCOMP_MODE_FILTER = 2
LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Have Linux kill this process when the one that started it ends."""
    _call(_libc.prctl, PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def adopt_orphans() -> None:
    """Be the parent of descendants whose own has ended."""
    _call(_libc.prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def join_namespaces(process: int) -> None:
    """Move into the namespaces of a process, given by a descriptor; of processes, children do."""
    _call(_libc.setns, process, NAMESPACES)


def limit(limits: dict[str, int]) -> None:
    """Limit this process, and the two that are here already, bubblewrap's and a place holder.

    Student code can write their memory, and so have them do what its own limits forbid.
    """
    here = (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208
    for process in here:
        for name, most in limits.items():
            resource.prlimit(process, getattr(resource, name), (most, most))


def drop_capabilities() -> None:
    """Drop all capabilities, and the way to new ones."""
    _call(_libc.prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for those that do not exist
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    nothing = (ctypes.c_uint32 * 6)()
    _call(_libc.capset, header, nothing)
    _call(_libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def become_dumpable() -> None:
    """Be as a kernel that was started cold, which other processes of the sandbox can inspect."""
    _call(_libc.prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)


def refuse_calls(program: bytes) -> None:
    """Refuse system calls from here on; see ``grader.sandbox.seccomp``."""
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    filtered = Program(len(program) // 8, ctypes.addressof(buffer))
    _call(_libc.prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filtered), 0, 0)


def _call(function: Any, *arguments: Any) -> None:
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}: {os.strerror(code)}")
