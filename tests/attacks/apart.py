"""Runs another grader's program among processes of its own, which end with it.

Such a program runs student code beside itself: that code may stop, trace or kill every process
that it sees. So the program gets a pid namespace, whose first process tells when it has ended.
Signals from inside do not end that first process, and when it is killed, all others end.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

# What a daemon leaves behind has to be seen before the namespace ends: the first process stays.
_FIRST = 'echo began; "$@" </dev/null >/dev/null 2>&1; echo ended; exec sleep infinity'
_UNSHARE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
_BEGIN_SECONDS = 30.0


@contextlib.contextmanager
def apart(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> Iterator[bool]:
    """Run a program; what it has started stays until the context is left.

    Args:
        command: the program and its arguments.
        folder: it works there.
        environment: its variables.
        seconds: it may take.

    Yields:
        Whether it ended within that time.

    Raises:
        RuntimeError: this account may make no pid namespace.
    """
    words = [*unshare(os.geteuid()), "sh", "-c", _FIRST, "sh", *command]
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=dict(environment),
        bufsize=0,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            if not _says(process, b"began\n", _BEGIN_SECONDS):
                raise RuntimeError(_refused(process, command))
            yield _says(process, b"ended\n", seconds)
        finally:
            _end(process)


def unshare(account: int) -> tuple[str, ...]:
    """The command that makes the namespace; who is not root needs one of accounts around it."""
    return _UNSHARE if account == 0 else (*_UNSHARE, "--user", "--map-current-user")


def _says(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> bool:
    """Whether the first process writes a line within this time."""
    assert process.stdout is not None
    end, read = time.monotonic() + seconds, b""
    while select.select([process.stdout], [], [], max(end - time.monotonic(), 0))[0]:
        if not (part := process.stdout.read(1)) or (read := read + part) == line:
            break
    return read == line


def _refused(process: subprocess.Popen[bytes], command: Sequence[str]) -> str:
    process.kill()
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip() or "nothing"
    return (
        f"{command[0]} runs hostile code only in a pid namespace of its own, and `unshare` made "
        f"none; it said: {said}. Run this as root, or allow user namespaces "
        "(kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the first process of the namespace: the kernel ends all others before it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for first in psutil.Process(process.pid).children():
            first.kill()
    process.wait()
