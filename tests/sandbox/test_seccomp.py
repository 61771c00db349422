"""The filter, run by a small interpreter of its own language."""

import errno
import struct

import pytest

from grader.errors import SandboxError
from grader.sandbox.seccomp import ABSENT, MACHINES, REFUSED, UNSEEN_MEMORY, program

ALLOWED, KILLED = "allowed", "killed"


def judge(machine, number, *arguments, audit=None, **options):
    """What the filter answers to a system call: allowed, killed, or the name of an errno."""
    values = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=IIQ6Q", number, audit or MACHINES[machine].audit, 0, *values)
    code = program(machine, **options)
    lines = [struct.unpack_from("=HBBI", code, i) for i in range(0, len(code), 8)]
    place, value = 0, 0
    while True:
        instruction, yes, no, operand = lines[place]
        place += 1
        match instruction:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, operand)
            case 0x54:
                value &= operand
            case 0x15:
                place += yes if value == operand else no
            case 0x35:
                place += yes if value >= operand else no
            case 0x45:
                place += yes if value & operand else no
            case 0x06 if operand == 0x7FFF0000:
                return ALLOWED
            case 0x06 if operand == 0x80000000:
                return KILLED
            case 0x06:
                return errno.errorcode[operand & 0xFFFF]


@pytest.fixture(params=list(MACHINES))
def machine(request):
    return request.param


def test_every_listed_call_is_refused(machine):
    column = MACHINES[machine].column
    for numbers in REFUSED.values():
        assert numbers[column] is None or judge(machine, numbers[column]) == "EPERM"
    for numbers in ABSENT.values():
        assert judge(machine, numbers[column]) == "ENOSYS"


def test_numbers_are_used_once(machine):
    column = MACHINES[machine].column
    tables = (REFUSED, ABSENT, UNSEEN_MEMORY)
    numbers = [row[column] for table in tables for row in table.values() if row[column] is not None]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(("x86", "arm"), [(0, 63), (1, 64), (59, 221), (202, 98), (319, 279)])
def test_ordinary_calls_pass(x86, arm):
    """Read, write, execve, futex; memfd_create where a group holds memory."""
    assert judge("x86_64", x86) == judge("aarch64", arm) == ALLOWED


def test_another_machines_calls_kill(machine):
    assert judge(machine, 0, audit=0x40000003) == KILLED


def test_x32_is_absent():
    assert judge("x86_64", 0x40000000) == judge("x86_64", 0x40000000 + 101) == "ENOSYS"


def test_threads_but_no_namespaces(machine):
    clone = (56, 220)[MACHINES[machine].column]
    assert judge(machine, clone, 0x3D0F00) == ALLOWED  # what pthread_create asks for
    for flag in (0x80, 0x20000, 0x10000000, 0x40000000):
        assert judge(machine, clone, 0x11 | flag) == "EPERM"


def test_socket_families(machine):
    socket = (41, 198)[MACHINES[machine].column]
    for family in (1, 2, 10):
        assert judge(machine, socket, family, 1, 6) == ALLOWED
    assert judge(machine, socket, 16, 3, 0) == ALLOWED
    for family, protocol in ((16, 12), (17, 0), (38, 0), (40, 0)):  # netfilter, packet, alg, vsock
        assert judge(machine, socket, family, 1, protocol) == "EAFNOSUPPORT"


def test_memory_of_no_process_only_where_it_is_held(machine):
    column = MACHINES[machine].column
    mmap = (9, 222)[column]
    for numbers in UNSEEN_MEMORY.values():
        assert judge(machine, numbers[column]) == ALLOWED
        assert judge(machine, numbers[column], unseen_memory=False) == "EPERM"
    assert judge(machine, mmap, 0, 1, 3, 0x21, unseen_memory=False) == "EPERM"
    assert judge(machine, mmap, 0, 1, 3, 0x22, unseen_memory=False) == ALLOWED  # private
    assert judge(machine, mmap, 0, 1, 3, 0x01, unseen_memory=False) == ALLOWED  # of a file


def test_an_unknown_machine_is_refused():
    with pytest.raises(SandboxError, match="not riscv64"):
        program("riscv64")
