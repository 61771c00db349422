from __future__ import annotations

import errno
import os

import pytest

from grader.engines.base import Cancelled
from grader.errors import SandboxError
from grader.notebook.submission_state import problem


@pytest.mark.parametrize(
    ("number", "lacks"),
    [
        (errno.ENOSPC, "room on a disk"),
        (errno.EROFS, "a disk that may be written"),
        (errno.EMFILE, "open files (ulimit -n)"),
        (errno.EAGAIN, "processes or threads (ulimit -u, pids.max)"),
    ],
)
def test_what_a_machine_lacks_is_named_without_a_traceback(
    number: int, lacks: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = problem(OSError(number, os.strerror(number), "/somewhere/judge"))
    assert said == (
        f"this machine lacks {lacks} (/somewhere/judge: {os.strerror(number)}): see to it, then "
        "run the same command again"
    )
    assert os.strerror(number) in problem(OSError(number, os.strerror(number)))
    assert not caplog.records


def test_a_mistake_of_ours_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    said = problem(FileNotFoundError(errno.ENOENT, "No such file", "numbers"))
    assert said.startswith("the grader failed (FileNotFoundError: ")
    assert caplog.records[0].exc_info is not None


def test_what_a_person_can_put_right_is_its_message() -> None:
    assert problem(SandboxError("install bubblewrap")) == "install bubblewrap"
    assert problem(Cancelled()) == "cancelled: run the same command again to grade it"
