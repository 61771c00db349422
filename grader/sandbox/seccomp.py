"""The system calls that are refused in a sandbox, as a seccomp program.

Classic BPF is small enough to be written by hand: a list of (code, jump if true, jump if false,
operand), 8 bytes each. So no library is needed, and this module lists all that is refused. The
numbers are Linux's own and never change: ``asm/unistd_64.h`` for x86-64, ``asm-generic/unistd.h``
for aarch64.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

from grader.errors import SandboxError

# Calls that no exercise needs, and through which kernels were attacked or sandboxes left before.
REFUSED = {  # name: (x86-64, aarch64); None where the machine has no such call
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mbind": (237, 235),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "set_mempolicy": (238, 237),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
# "Not implemented" makes a library fall back where "not permitted" would make it give up. The
# flags of clone3 lie in memory, where a filter cannot read them; glibc then takes clone.
ABSENT = {
    "clone3": (435, 435),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
}
# Memory that belongs to no process: refused only where memory is watched, not bounded.
UNSEEN_MEMORY = {"memfd_create": (319, 279), "shmget": (29, 194)}
CLONE, SOCKET, MMAP = (56, 220), (41, 198), (9, 222)

NEW_NAMESPACES = 0x7E020080  # CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
# No vsock: it crosses network namespaces.
FAMILIES = {1: "unix", 2: "inet", 10: "inet6"}
NETLINK = 16  # ZeroMQ asks the routing protocol, number 0, for addresses; the others are not needed
SHARED_ANONYMOUS = 0x21  # MAP_SHARED | MAP_ANONYMOUS

LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
NUMBER, ARCHITECTURE = 0, 4  # places in struct seccomp_data
FIRST_ARGUMENT, THIRD_ARGUMENT, FOURTH_ARGUMENT = 16, 32, 40
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
X32 = 0x40000000  # x86-64's other set of numbers for the same calls


@dataclass(frozen=True)
class Machine:
    """A processor's column in the tables above, and its number in ``linux/audit.h``."""

    column: int
    audit: int


MACHINES = {"x86_64": Machine(0, 0xC000003E), "aarch64": Machine(1, 0xC00000B7)}


def program(machine: str = "", *, unseen_memory: bool = True) -> bytes:
    """Assemble the filter.

    Args:
        machine: as ``platform.machine()`` says it, which is the default.
        unseen_memory: whether memory that belongs to no process may be had.

    Raises:
        SandboxError: the filter is not written for this processor.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES:
        raise SandboxError(
            f"the sandbox's system-call filter knows {' and '.join(MACHINES)}, not {machine}: "
            "grade on one of those machines"
        )
    column, audit = MACHINES[machine].column, MACHINES[machine].audit
    refused = REFUSED if unseen_memory else REFUSED | UNSEEN_MEMORY
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        lines += [(AT_LEAST, 0, 1, X32), _error(errno.ENOSYS)]
    for table, code in ((refused, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                lines += [(EQUAL, 0, 1, number), _error(code)]
    lines += _namespaces(CLONE[column]) + _sockets(SOCKET[column])
    if not unseen_memory:
        lines += _shared_memory(MMAP[column])
    lines.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


Line = tuple[int, int, int, int]


def _error(code: int) -> Line:
    """Fail the call with this errno."""
    return (RETURN, 0, 0, REFUSE | code)


def _namespaces(clone: int) -> list[Line]:
    """Threads and processes may be made, namespaces not."""
    return [
        (EQUAL, 0, 4, clone),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, NEW_NAMESPACES),
        _error(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
    ]


def _sockets(socket: int) -> list[Line]:
    """Only families that the empty network namespace confines."""
    reload = len(FAMILIES) + 6  # number of the last line
    families = [(EQUAL, reload - i - 1, 0, family) for i, family in enumerate(FAMILIES, start=2)]
    return [
        (EQUAL, 0, reload, socket),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        *families,
        (EQUAL, 0, 2, NETLINK),
        (LOAD, 0, 0, THIRD_ARGUMENT),
        (EQUAL, 1, 0, 0),
        _error(errno.EAFNOSUPPORT),
        (LOAD, 0, 0, NUMBER),
    ]


def _shared_memory(mmap: int) -> list[Line]:
    """Refuse shared pages without a file, which stay in memory when no process maps them."""
    return [
        (EQUAL, 0, 5, mmap),
        (LOAD, 0, 0, FOURTH_ARGUMENT),
        (AND, 0, 0, SHARED_ANONYMOUS),
        (EQUAL, 0, 1, SHARED_ANONYMOUS),
        _error(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
    ]
