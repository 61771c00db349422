"""Starts a supervisor for a sandbox, and the process that warm kernels are forked from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.errors import SandboxError
from grader.sandbox import policy as places
from grader.sandbox import seccomp
from grader.sandbox.bubblewrap_options import arguments, encoded, warm_arguments
from grader.sandbox.memory import MemoryBound
from grader.sandbox.policy import Policy
from grader.sandbox.sandbox_dir import SandboxDir

SUPERVISE = "from grader.sandbox.supervisor_main import main; main()"
BECOME_WARM_PARENT = "from grader.sandbox.warm.host import become_parent; become_parent()"
PRLIMIT = "/usr/bin/prlimit"
INSTALL = "install it: apt-get install bubblewrap"


def command(policy: Policy, argv: Sequence[str], bound: MemoryBound) -> list[str]:
    """The command line inside: limits on bubblewrap's process and on this one, then the kernel.

    From Linux 5.14 on, processes are counted for each user namespace. So their limit is set inside:
    outside, all processes of this user on the host would count. Bubblewrap's own process, number 1,
    needs limits too, since student code can write its memory, and so have it do anything.
    """
    flags = " ".join(f"--{name}={most}:{most}" for name, most in _limits(policy, bound).items())
    limited = f'{PRLIMIT} --pid 1 {flags} && exec {PRLIMIT} {flags} -- "$@"'
    return ["/bin/sh", "-c", limited, "sh", *argv]


def _limits(policy: Policy, bound: MemoryBound) -> dict[str, int]:
    """Limits on each process, as ``prlimit`` calls them."""
    limits = policy.limits
    flags = {
        "nproc": limits.processes,
        "fsize": limits.file_bytes,
        "nofile": 1024,
        "core": 0,
        "memlock": 8 << 20,
    }
    if not bound.robust:  # TensorFlow reserves far more than it uses
        flags["as"] = max(8 << 30, 2 * limits.memory_bytes)
    return flags


def _warm(policy: Policy, argv: Sequence[str], bound: MemoryBound) -> dict[str, Any] | None:
    """What the supervisor asks a warm parent for; None for a cold start."""
    if (
        policy.warm is None
        or "-m" not in argv
        or not set(policy.blocked) <= set(policy.warm_blocked)
    ):
        return None
    program = list(argv[argv.index("-m") + 1 :])
    return {
        "address": str(policy.warm),
        # Keeps the namespaces for the kernel, and ends with them.
        "command": ["/usr/bin/sleep", "infinity"],
        "order": {
            "argv": program,
            "environment": policy.variables,
            "limits": {f"RLIMIT_{k.upper()}": v for k, v in _limits(policy, bound).items()},
            "seccomp": seccomp.program(unseen_memory=bound.robust).hex(),
            "folder": places.HOME,
        },
    }


def start(
    policy: Policy,
    argv: Sequence[str],
    directory: SandboxDir,
    connection: bytes,
    bound: MemoryBound,
) -> subprocess.Popen[bytes]:
    """Start a supervisor, which starts the sandbox, reads commands on stdin, and reports on stdout.

    Args:
        policy: of the sandbox.
        argv: the kernel's command line, as it stands inside.
        directory: of the sandbox on the host, created before; the supervisor removes it.
        connection: the kernel's connection file, with sockets in ``policy.SOCKETS``.
        bound: how memory is bounded.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    orders = {
        "bubblewrap": _bubblewrap(),
        "arguments": [encoded(part) for part in arguments(policy, directory, connection, bound)],
        "command": command(policy, argv, bound),
        "directory": str(directory.folder),
        "bound": asdict(bound),
        "limits": asdict(policy.limits),
        "warm": _warm(policy, argv, bound),
        "parent": os.getpid(),
    }
    return _run(
        SUPERVISE,
        orders,
        prefix=bound.prefix,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,  # a command to a supervisor that has ended must fail at once
    )


def start_warm_parent(
    policy: Policy,
    modules: Sequence[str],
    folder: Path,
    *,
    listener: int,
    ends: tuple[int, ...],
    bound: MemoryBound,
) -> subprocess.Popen[bytes]:
    """Start the process that kernels are forked from.

    Args:
        policy: of the kernels, without any submission's files.
        modules: names of what it imports.
        folder: on the host, for its mounts.
        listener: a descriptor of the socket that it listens at.
        ends: descriptors that become readable when it shall end.
        bound: how the memory of sandboxes is bounded. The parent starts where their supervisors do,
            since an account may move processes only within the control groups that it was given.

    Raises:
        SandboxError: bubblewrap is not installed.
    """
    program = [policy.python.executable, "-P", "-m", "grader.sandbox.warm.parent"]
    orders = {
        "bubblewrap": _bubblewrap(),
        "arguments": [encoded(part) for part in warm_arguments(policy)],
        "command": [*program, str(listener), ",".join(map(str, ends)), *modules],
        "directory": str(folder),
    }
    return _run(
        BECOME_WARM_PARENT,
        orders,
        prefix=bound.prefix,
        descriptors=(listener, *ends),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # TensorFlow's greetings
    )


def _bubblewrap() -> str:
    """The program; raises ``SandboxError`` where it is not installed."""
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxError(
            f"no sandbox without bubblewrap (bwrap), which is not on PATH; {INSTALL}"
        )
    return path


def _run(
    code: str,
    orders: dict[str, Any],
    *,
    prefix: Sequence[str] = (),
    descriptors: tuple[int, ...] = (),
    **how: Any,
) -> subprocess.Popen[bytes]:
    """Start a program of this package that reads its orders from a descriptor on its argv.

    It imports the standard library alone, so that it is there in milliseconds.
    """
    package = Path(__file__).parents[2]
    descriptor = os.memfd_create("orders")
    try:
        os.write(descriptor, json.dumps(orders).encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        code = f"import sys; sys.path.insert(0, {str(package)!r}); {code}"
        return subprocess.Popen(
            [*prefix, sys.executable, "-I", "-S", "-c", code, str(descriptor)],
            pass_fds=(descriptor, *descriptors),
            start_new_session=True,  # Ctrl-C at the terminal must reach only the grader
            **how,
        )
    finally:
        os.close(descriptor)
