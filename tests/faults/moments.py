"""Counts the moments at which a process changes something on disk, and acts at one of them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Python's audit events of what changes a folder; of ``open``, those that write.
_CHANGES = {"os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Moments:
    """Counts the moments of this process, from the start on; it cannot be taken back.

    A moment is right before a file is opened for writing, made, renamed, flushed or removed, and
    before a statement that changes a gradebook, or its commit.

    Args:
        root: only what lies below this folder counts.
        when: the moment at which ``do`` is called; 0 for none.
        do: called once, in the thread that came to the moment.

    Attributes:
        count: how many there were so far.
    """

    def __init__(self, root: Path, when: int, do: Callable[[], object]) -> None:
        self._root, self._when, self._do = str(root), when, do
        self._inside = threading.local()
        self.count = 0

    def start(self) -> None:
        """Count from now on."""
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        sys.addaudithook(self._audited)
        fsync = os.fsync

        def flushed(descriptor: Any) -> None:
            self._passed()
            fsync(descriptor)

        os.fsync = flushed  # type: ignore[assignment]
        event.listen(Engine, "before_cursor_execute", self._executed)
        event.listen(Engine, "commit", lambda _: self._passed())

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            changes = isinstance(flags, int) and flags & _WRITES
        else:
            path, changes = (arguments or (None,))[0], event in _CHANGES
        if changes and self._is_ours(path):
            self._passed()

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            self._passed()

    def _is_ours(self, path: Any) -> bool:
        """Whether a path is below the folder; a relative one is, as nbgrader works there."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        text = os.fsdecode(path)
        return not text.startswith("/") or text.startswith(self._root)

    def _passed(self) -> None:
        if getattr(self._inside, "doing", False):  # what is done at the moment is none
            return
        self.count += 1
        if self.count == self._when:
            self._inside.doing = True
            try:
                self._do()
            finally:
                self._inside.doing = False
