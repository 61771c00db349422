"""Turns a policy into bubblewrap's options."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import policy as places
from grader.sandbox import seccomp
from grader.sandbox.memory import MemoryBound
from grader.sandbox.policy import Policy
from grader.sandbox.sandbox_dir import SandboxDir


@dataclass(frozen=True)
class Content:
    """These bytes, as the number of a descriptor that bubblewrap reads them from."""

    data: bytes


@dataclass(frozen=True)
class HostFile:
    """A regular file of the host, as the number of a descriptor of it."""

    path: str


@dataclass(frozen=True)
class Source:
    """A file or folder of the host that is shown inside."""

    path: str


Argument = str | Content | HostFile | Source


def arguments(
    policy: Policy, directory: SandboxDir, connection: bytes, bound: MemoryBound
) -> list[Argument]:
    """All of bubblewrap's arguments.

    Args:
        policy: of the sandbox.
        directory: of the sandbox on the host; it sees only ``directory.exposed``.
        connection: the kernel's connection file.
        bound: how memory is bounded; the filter is stricter where it is only watched.
    """
    return [
        *_isolation(),
        *_system(),
        *_temporary(policy),
        *_python(policy),
        *_scratch(policy, directory, connection),
        *(part for name, value in policy.variables.items() for part in ("--setenv", name, value)),
        *("--seccomp", Content(seccomp.program(unseen_memory=bound.robust))),
        # Last: the arguments above create folders there. Left writable, both could fill memory.
        *("--remount-ro", "/dev", "--remount-ro", "/"),
    ]


def warm_arguments(policy: Policy) -> list[Argument]:
    """Bubblewrap's arguments for a warm parent: what a kernel sees, and namespaces to leave.

    Its processes are the host's, because a kernel that it forks moves into the process namespace of
    a sandbox, which must be one of its own namespace's descendants. It runs no student code.

    It does not die with its parent, which Linux takes to be the thread that started it; it watches
    the process instead.
    """
    uid = str(places.UID)
    return [
        *(f"--unshare-{kind}" for kind in ("user", "ipc", "net", "uts", "cgroup")),
        *("--uid", uid, "--gid", uid, "--hostname", "sandbox"),
        *("--cap-drop", "ALL", "--new-session", "--clearenv"),
        *_system(),
        *_temporary(policy),
        *_python(policy),
        *_home(policy),
        *(part for name, value in policy.variables.items() for part in ("--setenv", name, value)),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
    ]


def _isolation() -> list[Argument]:
    """Own namespaces, no capabilities, and an end with its parent."""
    namespaces = ("user", "ipc", "pid", "net", "uts", "cgroup")
    uid = str(places.UID)
    return [
        *(f"--unshare-{kind}" for kind in namespaces),
        *("--disable-userns", "--uid", uid, "--gid", uid, "--hostname", "sandbox"),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
    ]


def _system() -> Iterator[Argument]:
    """The operating system, without the host's own settings and data."""
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
    yield from ("--perms", "0555", "--dir", places.PROFILE)
    uid = places.UID
    yield from _text("/etc/passwd", f"student:x:{uid}:{uid}::{places.HOME}:/bin/sh\n")
    yield from _text("/etc/group", f"student:x:{uid}:\n")
    yield from ("--proc", "/proc", "--dev", "/dev")


def _temporary(policy: Policy) -> Iterator[Argument]:
    """A file system at /tmp, if Python is installed below it; otherwise /tmp is a link."""
    if _python_is_in_tmp(policy):
        size = str(policy.limits.scratch_bytes)
        yield from ("--size", size, "--perms", "1777", "--tmpfs", "/tmp")


def _python_is_in_tmp(policy: Policy) -> bool:
    return any(Path(folder).is_relative_to("/tmp") for folder in policy.python.folders)


def _python(policy: Policy) -> Iterator[Argument]:
    """The interpreter and its packages, with the blocked ones covered."""
    for folder in policy.python.folders:
        yield from ("--ro-bind", Source(folder), folder)
    for path, source in policy.readable.items():
        yield from ("--ro-bind", Source(str(source)), path)
    for folder in policy.python.packages:
        for name in policy.blocked:
            yield from _block(Path(folder), name)


def _block(packages: Path, name: str) -> Iterator[Argument]:
    """Cover a package by one whose import fails."""
    refusal = (
        f"raise ModuleNotFoundError({f'{name} is blocked in this sandbox'!r}, name={name!r})\n"
    )
    if (packages / name).is_dir():
        yield from ("--tmpfs", str(packages / name))
        yield from _text(str(packages / name / "__init__.py"), refusal)
        yield from ("--remount-ro", str(packages / name))
    if (packages / f"{name}.py").is_file():
        yield from _text(str(packages / f"{name}.py"), refusal)
    if (packages / f"{name}.libs").is_dir():  # its compiled parts, which ctypes could load
        yield from ("--tmpfs", str(packages / f"{name}.libs"))
        yield from ("--remount-ro", str(packages / f"{name}.libs"))


def _scratch(policy: Policy, directory: SandboxDir, connection: bytes) -> Iterator[Argument]:
    """The writable folders, the submission's files, the data, and the connection."""
    size = str(policy.limits.scratch_bytes)
    yield from ("--size", size, "--perms", "1777", "--tmpfs", "/dev/shm")
    yield from _home(policy)
    yield from ("--bind", Source(str(directory.exposed)), places.SOCKETS)
    yield from ("--ro-bind-data", Content(connection), places.CONNECTION)
    yield from ("--chdir", places.HOME)


def _home(policy: Policy) -> Iterator[Argument]:
    """The scratch folder and what is in it, and the data."""
    size = str(policy.limits.scratch_bytes)
    yield from ("--size", size, "--perms", "0700", "--tmpfs", places.HOME)
    yield from ("--dir", f"{places.HOME}/.tmp")
    if not _python_is_in_tmp(policy):
        yield from ("--symlink", f"{places.HOME}/.tmp", "/tmp")
    for name, path in policy.files.items():
        yield from ("--perms", "0644", "--file", HostFile(str(path)), f"{places.HOME}/{name}")
    if policy.font_cache is not None:
        place = f"{places.HOME}/.cache/matplotlib/{policy.font_cache.name}"
        yield from ("--perms", "0644", "--file", HostFile(str(policy.font_cache.resolve())), place)
    if policy.data is not None:
        yield from ("--ro-bind", Source(str(policy.data.resolve())), places.DATA)


def _text(path: str, text: str) -> Iterator[Argument]:
    """A read-only file with this text."""
    yield from ("--perms", "0444", "--ro-bind-data", Content(text.encode()), path)


def encoded(part: Argument) -> str | dict[str, str]:
    """An argument as JSON, for the supervisor to resolve."""
    match part:
        case Content(data):
            return {"content": base64.b64encode(data).decode()}
        case HostFile(path):
            return {"file": path}
        case Source(path):
            return {"source": path}
    return part
