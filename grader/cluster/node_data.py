"""Data sets on a node: the course's own folder where the node sees it, else a copy that was sent.

What a node has is compared by digests with what the course has, file by file.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import DataError

_MOST_FILES = 1000


@dataclass(frozen=True)
class Manifest:
    """The files of a data folder.

    Attributes:
        folder: where the course has them; a node may see the same.
        files: name within the folder to SHA-256, in alphabetical order.
    """

    folder: Path
    files: tuple[tuple[str, str], ...]

    @property
    def sha256(self) -> str:
        """Names the whole content."""
        return hashlib.sha256(repr(self.files).encode()).hexdigest()


def manifest(folder: Path) -> Manifest:
    """What a data folder holds; empty where there is none."""
    return Manifest(folder, tuple(_digests(folder)))


def find(wanted: Manifest) -> Path | None:
    """A folder on this machine with just these files; None where there is none."""
    places = [wanted.folder, _copy(wanted)]
    return next((place for place in places if manifest(place).files == wanted.files), None)


def require(wanted: Manifest) -> Path:
    """A folder on this machine with just these files.

    Raises:
        DataError: there is none.
    """
    if (found := find(wanted)) is not None:
        return found
    raise DataError(
        f"its data sets are not those of the course: {wanted.folder} is another there or missing, "
        "and no copy was sent; start the node before the run, or make the folder with `grader data`"
    )


def receive(wanted: Manifest, contents: tuple[bytes, ...]) -> None:
    """Keep a copy of a course's data sets on this machine.

    Args:
        wanted: the files.
        contents: theirs, in the same order.

    Raises:
        DataError: they are other files, or cannot be kept.
    """
    target = _copy(wanted)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as place:
            new = Path(place) / "data"
            for (name, digest), content in zip(wanted.files, contents, strict=True):
                _write(new, name, digest, content)
            new.chmod(0o755)  # student code may run as nobody
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
    except OSError as error:
        raise DataError(f"the course's data sets cannot be kept at {target}: {error}") from error


def _write(folder: Path, name: str, digest: str, content: bytes) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or hashlib.sha256(content).hexdigest() != digest:
        raise DataError(f"{name!r:.100} is no file of the course's data sets, or came damaged")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _copy(wanted: Manifest) -> Path:
    """Where a copy is kept: it is found again by the next run."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "grader" / "cluster" / f"data-{wanted.sha256[:24]}"


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if len(files) > _MOST_FILES:
        raise DataError(
            f"{folder} holds {len(files)} files, which are no data sets: expected at most "
            f"{_MOST_FILES}; name another folder in c.Course.data"
        )
    for path in files:
        if not path.name.startswith("."):
            status = path.stat()
            yield str(path.relative_to(folder)), _digest(path, status.st_size, status.st_mtime_ns)


@functools.lru_cache(_MOST_FILES)
def _digest(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
