"""Files that a test and a student's code share by copy: what changed, and writing it.

Both sides import this module. Each has folders of its own under the same names, and sends what
changed there since it was last looked at. A file's name is a place and a path below it
(``work/out.txt``); the name of a folder ends with a slash.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path

from ..protocol import MAX_FILE_NAME, MAX_FILES, MAX_FILES_BYTES

Changes = dict[str, "bytes | bool | None"]
"""By name: the bytes of a file, True for a folder, None for what is gone."""

States = dict[str, tuple[int, int, int]]

WORK, TEMPORARY = "work", "tmp"  # the working directory, and the folder of temporary files

_MOST_LEVELS = 20
_JUST_NOW = 50_000_000  # nanoseconds in which a file may change again and keep its time


class SharedFiles:
    """The files below some folders, and how they were when they were last looked at.

    Only ordinary files and folders count, and no name that begins with a dot.

    Args:
        places: the folders by their names.
        known: what counts as looked at, as ``states`` gave it.
        skipped: whether a name is never shared.
    """

    def __init__(
        self,
        places: Mapping[str, Path],
        known: Mapping[str, tuple[int, int, int]] | None = None,
        skipped: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._places, self._skipped = dict(places), skipped
        self._known: States = dict(known or {})
        self._digests: dict[str, bytes] = {}
        self._whole = True  # whether all files were seen by the last look

    def states(self) -> States:
        """What is there now."""
        return {name: _state(status) for name, status in self._found().items()}

    def changes(self) -> Changes:
        """What changed since the last call; what is too large is left out."""
        found, now = self._found(), time.time_ns()
        changes: Changes = {}
        left = MAX_FILES_BYTES
        for name, status in found.items():
            if self._known.get(name) == _state(status):
                continue
            if name.endswith("/"):
                if name not in self._known:
                    changes[name] = True
            elif (content := self._read(name, left)) is None:
                continue
            elif self._digests.get(name) != (digest := _digest(content)):
                changes[name], self._digests[name] = content, digest
                left -= len(content)
            self._known[name] = _state(status)
            if now - status.st_mtime_ns < _JUST_NOW and not name.endswith("/"):
                self._known[name] = (0, 0, 0)  # it is looked into once more
        if self._whole:
            for name in self._known.keys() - found.keys():
                changes[name] = None
                self._forget(name)
        return dict(sorted(changes.items()))

    def apply(self, changes: Mapping[str, object]) -> None:
        """Make the changes of the other side here; what cannot be made is left out."""
        for name, content in sorted(changes.items()):
            path = self._path(name)
            if path is None or self._skipped(name):
                continue
            try:
                _write(path, name.endswith("/"), content)
                self._note(name, path, content)
            except OSError:
                continue

    def _found(self) -> dict[str, os.stat_result]:
        found: dict[str, os.stat_result] = {}
        self._whole = True
        for place, folder in self._places.items():
            self._walk(str(folder), place, found)
        return found

    def _walk(self, folder: str, name: str, found: dict[str, os.stat_result]) -> None:
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError:
            return
        for entry in entries:
            whole = f"{name}/{entry.name}"
            if whole not in self._known and (not is_name(whole) or self._skipped(whole)):
                continue
            if len(found) >= MAX_FILES:
                self._whole = False
                return
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile
                continue
            if stat.S_ISDIR(status.st_mode):
                found[f"{whole}/"] = status
                self._walk(entry.path, whole, found)
            elif stat.S_ISREG(status.st_mode):
                found[whole] = status

    def _read(self, name: str, most: int) -> bytes | None:
        """A file's bytes; None if there are more than ``most``, or it cannot be read."""
        path = self._path(name)
        try:
            if path is None:
                return None
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                content = file.read(most + 1)
        except OSError:
            return None
        return content if len(content) <= most else None

    def _path(self, name: str) -> Path | None:
        """Where a name leads; None for no name, or where a link leads elsewhere."""
        if not is_name(name):
            return None
        place, *parts = name.rstrip("/").split("/")
        path = self._places.get(place)
        if path is None:
            return None
        for part in parts[:-1]:
            path = path / part
            if path.is_symlink():
                return None
        return path / parts[-1]

    def _note(self, name: str, path: Path, content: object) -> None:
        """Know what was written, so that it does not go back."""
        if content is None:
            self._forget(name)
            return
        self._known[name] = _state(path.lstat())
        if isinstance(content, bytes):
            self._digests[name] = _digest(content)

    def _forget(self, name: str) -> None:
        is_folder = name.endswith("/")
        for each in [
            one for one in self._known if one == name or (is_folder and one.startswith(name))
        ]:
            del self._known[each]
            self._digests.pop(each, None)


def is_name(name: object) -> bool:
    """Whether it is the name of a file or folder below a place, and leads nowhere else."""
    if type(name) is not str or len(name) > MAX_FILE_NAME or not name.isprintable():
        return False
    parts = name.removesuffix("/").split("/")
    return 2 <= len(parts) <= _MOST_LEVELS and all(
        part and not part.startswith(".") and len(part.encode()) <= 255 and part != "__pycache__"
        for part in parts
    )


def _write(path: Path, is_folder: bool, content: object) -> None:
    if content is None and is_folder:
        if not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    elif content is None:
        path.unlink(missing_ok=True)
    elif is_folder:
        path.mkdir(parents=True, exist_ok=True)
    elif isinstance(content, bytes):
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
        with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
            file.write(content)


def _state(status: os.stat_result) -> tuple[int, int, int]:
    """What differs where a file was written again; a folder's times do not count."""
    if stat.S_ISDIR(status.st_mode):
        return (1, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
