"""From a fresh child of the keeper to bubblewrap: the steps that cannot be taken back."""

from __future__ import annotations

import base64
import errno
import os
import stat
from typing import Any, NoReturn

from grader.sandbox import account
from grader.sandbox.memory import Group
from grader.sandbox.rooms import Room


def enter(
    keeper: int,
    orders: dict[str, Any],
    room: Room,
    group: Group | None,
    *,
    status: int,
    stderr: int,
) -> NoReturn:
    """Take the group, the open places and nobody's account; then be bubblewrap.

    Args:
        keeper: the keeper's process, without which there shall be no sandbox.
        orders: what ``launcher.start`` wrote.
        room: where the open places are made.
        group: what holds the memory; None where it is watched.
        status: a descriptor on which bubblewrap tells of its first process.
        stderr: a descriptor for its complaints, and for ours.
    """
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, target in ((nothing, 0), (nothing, 1), (stderr, 2)):
            os.dup2(descriptor, target)
        if group is not None:
            group.join(os.getpid())
        parts = orders["arguments"]
        sources = [part["source"] for part in parts if isinstance(part, dict) and "source" in part]
        places = account.open_places(sources, room.folder / "places")
        told = [_resolved(part, places) for part in parts]
        os.set_inheritable(status, True)
        told += ["--json-status-fd", str(status)]
        account.drop()
        account.die_with_parent(keeper)
        arguments = _descriptor(b"".join(os.fsencode(word) + b"\0" for word in told))
        # The command line and the environment of bubblewrap can be read inside.
        line = ["bwrap", "--args", str(arguments), "--", *orders["command"]]
        os.execve(orders["bubblewrap"], line, {})
    except BaseException as error:  # nothing may leave this child but by its end
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
    """A descriptor of a file that is no link and no device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, f"{path} is no regular file")
    os.set_inheritable(descriptor, True)
    return descriptor
