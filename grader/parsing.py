"""Parses Python in a process of several threads.

CPython 3.11 counts how deep it is in building a tree in one place for all threads. Where another
thread parses meanwhile, which it can when the garbage collector runs Python code, ``ast.parse``
ends with ``SystemError: AST constructor recursion depth mismatch``. A class that was graded by
several threads lost one submission in eight by that.
"""

from __future__ import annotations

import ast
import os
import threading

_lock = threading.RLock()  # the garbage collector may call code that parses


def parse(source: str) -> ast.Module:
    """``ast.parse``, by one thread at a time; raises what it raises."""
    with _lock:
        return ast.parse(source)


def _renew_lock() -> None:
    """A thread that is not there in a forked process may have held the lock."""
    global _lock  # noqa: PLW0603 -- one for each process
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)
