"""A machine that has no process and no thread left, for this process and those below it.

A limit on processes does not bind root, and would count what other programs have. A filter of
system calls refuses as Linux does then: with EAGAIN, until the process ends.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from grader.sandbox.seccomp import ALLOW, CLONE, EQUAL, LOAD, MACHINES, NUMBER, REFUSE, RETURN
from tests.faults.kinds import Fault, Lift, Place

_FORKS = {"fork": (57, None), "vfork": (58, None), "clone": CLONE, "clone3": (435, 435)}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _ALL_THREADS, _NO_NEW_PRIVILEGES = 1, 1, 38


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


def refuse_processes() -> None:
    """Let every start of a process or thread fail from here on.

    Raises:
        RuntimeError: this machine takes no such filter.
    """
    column = MACHINES[platform.machine()].column
    lines = [(LOAD, 0, 0, NUMBER)]
    for numbers in _FORKS.values():
        if (number := numbers[column]) is not None:
            lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.EAGAIN)]
    lines.append((RETURN, 0, 0, ALLOW))
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = _Program(len(lines), ctypes.addressof(packed))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call = _SECCOMP[platform.machine()]
    if libc.syscall(call, _SET_FILTER, _ALL_THREADS, ctypes.byref(program)):
        raise RuntimeError(f"this machine takes no filter: {os.strerror(ctypes.get_errno())}")


def _begin(_: Place) -> Lift:
    refuse_processes()
    return lambda: None  # it lasts as long as the process


NO_PROCESSES = Fault(
    "no processes", _begin, ("Resource temporarily unavailable", "lacks processes")
)
