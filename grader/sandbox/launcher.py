"""Turns a policy into bubblewrap's arguments, and hands them to a keeper that holds the sandbox."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox import policy as places
from grader.sandbox import seccomp
from grader.sandbox.memory import MemoryBound
from grader.sandbox.policy import Policy
from grader.sandbox.rooms import Room

KEEP = "from grader.sandbox.keeper import main; main()"
INSTALL = "install it: apt-get install bubblewrap"


@dataclass(frozen=True)
class Content:
    """An argument that is a descriptor from which bubblewrap reads these bytes."""

    data: bytes


@dataclass(frozen=True)
class HostFile:
    """An argument that is a descriptor of this regular file of the host."""

    path: str


@dataclass(frozen=True)
class Source:
    """An argument that names something of the host to be shown inside."""

    path: str


Argument = str | Content | HostFile | Source


def arguments(policy: Policy, room: Room, connection: bytes, bound: MemoryBound) -> list[Argument]:
    """Everything that bubblewrap is told.

    Args:
        policy: what the sandbox holds.
        room: its folder on the host, of which it sees only ``room.open``.
        connection: the kernel's connection file.
        bound: how memory is held, since the filter is stricter where it is only watched.
    """
    return [
        *_isolation(),
        *_system(),
        *_temporary(policy),
        *_python(policy),
        *_scratch(policy, room, connection),
        *(part for name, value in policy.variables.items() for part in ("--setenv", name, value)),
        *("--seccomp", Content(seccomp.program(unseen_memory=bound.robust))),
        # Last: what stands above still makes folders there. Both would be as large as memory.
        *("--remount-ro", "/dev", "--remount-ro", "/"),
    ]


def command(policy: Policy, argv: Sequence[str], bound: MemoryBound) -> list[str]:
    """What runs inside: the limits of one process, then the kernel.

    The number of processes is counted for each user namespace from Linux 5.14 on, so it must be
    set inside: set before, it would count whatever else this user runs on the host.
    """
    limits = policy.limits
    flags = {
        "nproc": limits.processes,
        "fsize": limits.file_bytes,
        "nofile": 1024,
        "core": 0,
        "memlock": 8 << 20,
    }
    if not bound.robust:
        flags["as"] = max(
            8 << 30, 2 * limits.memory_bytes
        )  # TensorFlow reserves far more than it uses
    return ["/usr/bin/prlimit", *(f"--{k}={v}:{v}" for k, v in flags.items()), "--", *argv]


def start(
    policy: Policy, argv: Sequence[str], room: Room, connection: bytes, bound: MemoryBound
) -> subprocess.Popen[bytes]:
    """Start a keeper, which starts the sandbox; reports come on its stdout, orders go to its stdin.

    Args:
        policy: what the sandbox holds.
        argv: the kernel's command line, as it stands inside.
        room: its folder on the host, made before; the keeper removes it in the end.
        connection: the kernel's connection file, with sockets in ``policy.SOCKETS``.
        bound: how memory is held.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise SandboxError(
            f"no sandbox without bubblewrap (bwrap), which is not on PATH; {INSTALL}"
        )
    orders = {
        "bubblewrap": bubblewrap,
        "arguments": [_encoded(part) for part in arguments(policy, room, connection, bound)],
        "command": command(policy, argv, bound),
        "room": str(room.folder),
        "bound": asdict(bound),
        "limits": asdict(policy.limits),
        "parent": os.getpid(),
    }
    package = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(package)!r}); {KEEP}"
    descriptor = os.memfd_create("orders")
    try:
        os.write(descriptor, json.dumps(orders).encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        return subprocess.Popen(
            [*bound.prefix, sys.executable, "-I", "-S", "-c", code, str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # commands to a keeper that is gone must not wait to fail once more
            pass_fds=(descriptor,),
            start_new_session=True,  # a Ctrl-C at the terminal is for the grader alone
        )
    finally:
        os.close(descriptor)


def _isolation() -> list[Argument]:
    """Namespaces of its own, no rights, no life of its own."""
    apart = ("user", "ipc", "pid", "net", "uts", "cgroup")
    uid = str(places.UID)
    return [
        *(f"--unshare-{kind}" for kind in apart),
        *("--disable-userns", "--uid", uid, "--gid", uid, "--hostname", "sandbox"),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
    ]


def _system() -> Iterator[Argument]:
    """The operating system, without anything that is written on a host."""
    yield from ("--ro-bind", Source("/usr"), "/usr")
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        folder = Path("/", name)
        if folder.is_symlink():
            yield from ("--symlink", f"usr/{name}", str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", Source(str(folder)), str(folder))
    for name in ("fonts", "ld.so.cache", "localtime"):
        if Path("/etc", name).exists():
            yield from ("--ro-bind", Source(str(Path("/etc", name).resolve())), f"/etc/{name}")
    uid = places.UID
    yield from _text("/etc/passwd", f"student:x:{uid}:{uid}::{places.HOME}:/bin/sh\n")
    yield from _text("/etc/group", f"student:x:{uid}:\n")
    yield from ("--proc", "/proc", "--dev", "/dev")


def _temporary(policy: Policy) -> Iterator[Argument]:
    """A place for what Python is shown at, where that is below /tmp; else /tmp is a link."""
    if _lives_in_tmp(policy):
        size = str(policy.limits.scratch_bytes)
        yield from ("--size", size, "--perms", "1777", "--tmpfs", "/tmp")


def _lives_in_tmp(policy: Policy) -> bool:
    return any(Path(folder).is_relative_to("/tmp") for folder in policy.python.folders)


def _python(policy: Policy) -> Iterator[Argument]:
    """The interpreter, its packages, and something in the place of the withheld ones."""
    for folder in policy.python.folders:
        yield from ("--ro-bind", Source(folder), folder)
    for path, source in policy.readable.items():
        yield from ("--ro-bind", Source(str(source)), path)
    for folder in policy.python.packages:
        for name in policy.withheld:
            yield from _withhold(Path(folder), name)


def _withhold(packages: Path, name: str) -> Iterator[Argument]:
    """Put a package that cannot be imported where one stands that could."""
    refusal = (
        f"raise ModuleNotFoundError({f'{name} is withheld in this sandbox'!r}, name={name!r})\n"
    )
    if (packages / name).is_dir():
        yield from ("--tmpfs", str(packages / name))
        yield from _text(str(packages / name / "__init__.py"), refusal)
        yield from ("--remount-ro", str(packages / name))
    if (packages / f"{name}.py").is_file():
        yield from _text(str(packages / f"{name}.py"), refusal)
    if (packages / f"{name}.libs").is_dir():  # its compiled parts, in reach of ctypes
        yield from ("--tmpfs", str(packages / f"{name}.libs"))
        yield from ("--remount-ro", str(packages / f"{name}.libs"))


def _scratch(policy: Policy, room: Room, connection: bytes) -> Iterator[Argument]:
    """All that is writable inside, and the files that were handed in."""
    size = str(policy.limits.scratch_bytes)
    yield from ("--size", size, "--perms", "0700", "--tmpfs", places.HOME)
    yield from ("--size", size, "--perms", "1777", "--tmpfs", "/dev/shm")
    yield from ("--dir", f"{places.HOME}/.tmp")
    if not _lives_in_tmp(policy):
        yield from ("--symlink", f"{places.HOME}/.tmp", "/tmp")
    for name, path in policy.files.items():
        yield from ("--perms", "0644", "--file", HostFile(str(path)), f"{places.HOME}/{name}")
    if policy.font_cache is not None:
        place = f"{places.HOME}/.cache/matplotlib/{policy.font_cache.name}"
        yield from ("--perms", "0644", "--file", HostFile(str(policy.font_cache.resolve())), place)
    if policy.data is not None:
        yield from ("--ro-bind", Source(str(policy.data.resolve())), places.DATA)
    yield from ("--bind", Source(str(room.open)), places.SOCKETS)
    yield from ("--ro-bind-data", Content(connection), places.CONNECTION)
    yield from ("--chdir", places.HOME)


def _text(path: str, text: str) -> Iterator[Argument]:
    """A small file of our own, read-only."""
    yield from ("--perms", "0444", "--ro-bind-data", Content(text.encode()), path)


def _encoded(part: Argument) -> str | dict[str, str]:
    """An argument as JSON takes it; the keeper turns it back."""
    match part:
        case Content(data):
            return {"content": base64.b64encode(data).decode()}
        case HostFile(path):
            return {"file": path}
        case Source(path):
            return {"source": path}
    return part
