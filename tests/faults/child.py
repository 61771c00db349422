"""Runs something in a fork of this process, which may be killed or lose its files."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CRASHED = 70  # the exit code of a child in which something was raised


@dataclass(frozen=True)
class Ended:
    """How a child came to its end.

    Attributes:
        code: its exit code; negative for a signal.
        said: on stdout.
        complained: on stderr.
        moments: how many there were; 0 if it was killed.
    """

    code: int
    said: str
    complained: str
    moments: int


def forked(logs: Path, work: Callable[[], tuple[int, int]]) -> Ended:
    """Do something in a child.

    Args:
        logs: a folder for what it says, on a disk that is not disturbed.
        work: returns an exit code, and how many moments there were.
    """
    out, err, moments = (logs / name for name in ("stdout", "stderr", "moments"))
    moments.write_text("0")
    child = os.fork()
    if not child:
        _do(out, err, moments, work)
    _, status = os.waitpid(child, 0)
    code, count = os.waitstatus_to_exitcode(status), int(moments.read_text() or 0)
    return Ended(code, out.read_text(), err.read_text(), count)


def _do(out: Path, err: Path, moments: Path, work: Callable[[], tuple[int, int]]) -> None:
    code = CRASHED
    try:
        for number, file in ((1, out), (2, err)):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
        told = moments.open("w")  # opened before there may be no descriptor left
        code, count = work()
        told.write(str(count))
        told.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
