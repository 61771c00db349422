"""Recognises errors that say what the machine lacks at the moment, such as disk or memory."""

from __future__ import annotations

import errno
import os

from grader.errors import causes

# What a machine refuses while it lacks something; a person helps there, and no traceback.
_LACKS = {
    errno.EAGAIN: "processes or threads (ulimit -u, pids.max)",
    errno.EDQUOT: "room within this account's quota",
    errno.EMFILE: "open files (ulimit -n)",
    errno.ENFILE: "open files",
    errno.ENOMEM: "memory",
    errno.ENOSPC: "room on a disk",
    errno.EROFS: "a disk that may be written",
}


def lacking(error: BaseException) -> str:
    """What this machine lacks, if that is why it refused something; else empty."""
    return next(filter(None, map(_lacking, causes(error))), "")


def _lacking(error: BaseException) -> str:
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        error = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    if not isinstance(error, OSError) or error.errno not in _LACKS:
        return ""
    said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"this machine lacks {_LACKS[error.errno]} ({said})"
