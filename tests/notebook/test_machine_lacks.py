"""What a machine lacks is told from all other errors."""

from __future__ import annotations

import errno

from grader.notebook.machine_lacks import lacking


def test_only_what_a_machine_lacks_is_lacking() -> None:
    assert lacking(OSError(errno.EMFILE, "Too many open files", "a")) == (
        "this machine lacks open files (ulimit -n) (a: Too many open files)"
    )
    assert lacking(OSError(errno.ENOENT, "No such file")) == ""
    assert lacking(ValueError("three")) == ""
    assert lacking(BlockingIOError(errno.EAGAIN, "no")) == lacking(
        RuntimeError("can't start new thread")
    ).replace("Resource temporarily unavailable", "no")
    assert "processes or threads (ulimit -u" in lacking(RuntimeError("can't start new thread"))
    assert lacking(RuntimeError("something else")) == ""


def test_what_a_machine_lacks_is_told_where_another_error_hides_it() -> None:
    hidden = ValueError("no such folder")
    hidden.__cause__ = OSError(errno.EMFILE, "Too many open files")
    assert "open files (ulimit -n)" in lacking(hidden)
