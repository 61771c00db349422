"""Turns a fresh child of the supervisor into bubblewrap: the steps that cannot be undone."""

from __future__ import annotations

import base64
import errno
import os
import stat
from typing import Any, NoReturn

from grader.sandbox import account
from grader.sandbox.memory import Group
from grader.sandbox.sandbox_dir import SandboxDir


def enter_sandbox(
    orders: dict[str, Any],
    directory: SandboxDir,
    *,
    stderr: int,
    supervisor: int | None = None,
    group: Group | None = None,
    status: int | None = None,
    within: int | None = None,
) -> NoReturn:
    """Join the control group, bind the sources, drop root's rights, and execute bubblewrap.

    Args:
        orders: what ``launcher`` wrote.
        directory: where sources are bound to.
        stderr: a descriptor for its error messages, and for ours.
        supervisor: process id of our parent; the sandbox is killed when it ends. None: it is not.
        group: the control group that bounds memory; None where memory is only watched.
        status: a descriptor on which bubblewrap reports its first process; None: nobody asks.
        within: a descriptor of the process in whose user namespace the sandbox is made; None: ours.
    """
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, target in ((nothing, 0), (nothing, 1), (stderr, 2)):
            os.dup2(descriptor, target)
        if group is not None:
            group.join(os.getpid())
        parts = orders["arguments"]
        sources = [part["source"] for part in parts if isinstance(part, dict) and "source" in part]
        places = account.open_places(sources, directory.folder / "places")
        words = [_resolved(part, places) for part in parts]
        if status is not None:
            os.set_inheritable(status, True)
            words += ["--json-status-fd", str(status)]
        account.drop()
        if within is not None:
            account.join_user_namespace(within)
        if supervisor is not None:
            account.die_with_parent(supervisor)
        arguments = _descriptor(b"".join(os.fsencode(word) + b"\0" for word in words))
        # Student code can read the command line and the environment of bubblewrap.
        line = ["bwrap", "--args", str(arguments), "--", *orders["command"]]
        os.execve(orders["bubblewrap"], line, {})
    except BaseException as error:  # this child must exit here, whatever is raised
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(126)


def _resolved(part: str | dict[str, str], places: dict[str, str]) -> str:
    """An argument as bubblewrap takes it."""
    if isinstance(part, str):
        return part
    if "content" in part:
        return str(_descriptor(base64.b64decode(part["content"])))
    if "file" in part:
        return str(_regular_file(part["file"]))
    return places[part["source"]]


def _descriptor(content: bytes) -> int:
    """A descriptor that bubblewrap inherits and reads these bytes from."""
    descriptor = os.memfd_create("sandbox", 0)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _regular_file(path: str) -> int:
    """A descriptor of a regular file; links and devices are refused."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, f"{path} is no regular file")
    os.set_inheritable(descriptor, True)
    return descriptor
