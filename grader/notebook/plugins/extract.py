"""Unpacks downloaded archives for ``nbgrader zip_collect``; named in course_config.py.

Archives are unpacked nowhere else: one that a student hands in stays a file. An archive is unpacked
into a temporary folder, which is renamed when it is complete. A refused archive leaves no files, is
named in the log, and the others are unpacked.
"""

from __future__ import annotations

import gzip
import io
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import traitlets
from nbgrader.plugins import ExtractorPlugin

from grader.errors import SubmissionError
from grader.notebook import notebook_json
from grader.notebook.submission import file_rules
from grader.notebook.submission.file_rules import printable_path

_MEGABYTE = 1 << 20
_DIRECTORY = 8 * _MEGABYTE  # of an archive's headers before each file
_NESTED = 2  # levels: a class's archive of students' archives


@dataclass(frozen=True)
class Member:
    """One file of an archive.

    Attributes:
        name: in the archive.
        size: in bytes, as the archive claims.
        ordinary: whether it is a regular file: no link, device or pipe.
        content: readable once, before the next member.
    """

    name: str
    size: int
    ordinary: bool
    content: IO[bytes]


@dataclass
class _Budget:
    """What may still be unpacked.

    Attributes:
        megabytes, files: how much there was at first, for messages.
        where: what they are the limits of.
    """

    megabytes: int
    files: int
    where: str

    def __post_init__(self) -> None:
        self._bytes_left, self._files_left = self.megabytes * _MEGABYTE, self.files

    def take(self, archive: Path, size: int) -> None:
        """Take a file off; raises ``SubmissionError`` where it is too much."""
        self._files_left -= 1
        self._bytes_left -= size
        if self._files_left < 0:
            raise _refusal(archive, f"is over a limit: more than {self.files} files{self.where}")
        if self._bytes_left < 0:
            raise _refusal(archive, f"is over a limit: more than {self.megabytes} MB{self.where}")


class CarefulExtractor(ExtractorPlugin):
    """Unpacks only regular files, up to limits on their size and number."""

    max_megabytes = traitlets.Integer(1000, help="Of one archive, unpacked.").tag(config=True)
    max_files = traitlets.Integer(10_000, help="In one archive.").tag(config=True)
    max_nested_megabytes = traitlets.Integer(
        10_000, help="Of all archives within one archive, unpacked."
    ).tag(config=True)
    max_nested_files = traitlets.Integer(100_000, help="In all archives within one archive.").tag(
        config=True
    )

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Called by ``nbgrader zip_collect``: unpack archives, copy everything else."""
        for source in sorted(Path(archive_path).rglob("*")):
            if source.is_dir() and not source.is_symlink():
                continue
            target = Path(extracted_path) / source.relative_to(archive_path)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._take(source, target)

    def _take(self, source: Path, target: Path, *nested: _Budget) -> None:
        """Copy a file or unpack an archive to ``target``; log an error if it is refused.

        Args:
            source: the file.
            target: where it goes.
            *nested: for each archive around it, what archives in that one may still hold.
        """
        if _is_nbgraders(source.name):
            return
        try:
            if source.suffix not in self.zip_ext:
                target.write_bytes(file_rules.read(source, file_rules.CAPS.file))
                return
            folder = self.unpack(source, target.parent / _stem(source), *nested)
        except SubmissionError as error:
            self.log.error("Refused: %s", error)
            return
        if len(nested) + 1 >= _NESTED:
            return
        together = " in archives within one"
        left = _Budget(self.max_nested_megabytes, self.max_nested_files, together)
        for inner in sorted(folder.rglob("*")):
            if inner.suffix in self.zip_ext and inner.is_file():
                self._take(inner, inner, *nested, left)

    def unpack(self, archive: Path, folder: Path, *nested: _Budget) -> Path:
        """Unpack ``archive`` into the new ``folder`` and return the folder.

        Args:
            archive: a file.
            folder: new.
            *nested: further limits that it draws on.

        Raises:
            SubmissionError: not an archive, a name that leads elsewhere, a link, or over a limit.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpacking-") as work:
                whole = Path(work) / "whole"
                whole.mkdir()
                with file_rules.opened(archive, self.max_megabytes * _MEGABYTE) as file:
                    self._write(archive, _members(file), whole, *nested)
                whole.rename(folder)
        except SubmissionError:
            raise
        except Exception as error:  # readers of archives raise many kinds on broken ones
            raise SubmissionError(
                f"{printable_path(archive)} cannot be unpacked ({notebook_json.one_line(error)}): "
                "expected a zip or tar archive; ask the student to hand in the notebook itself"
            ) from error
        return folder

    def _write(
        self, archive: Path, members: Iterator[Member], folder: Path, *nested: _Budget
    ) -> None:
        budgets = (_Budget(self.max_megabytes, self.max_files, ""), *nested)
        for member in members:
            if not member.ordinary or not _stays_inside(member.name):
                raise _unsafe(archive, member.name)
            for budget in budgets:
                budget.take(archive, member.size)  # neither format yields more than it claims
            if _is_nbgraders(member.name):
                continue
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as target:
                shutil.copyfileobj(member.content, target)


class _Metered:
    """A file that limits how many bytes are read: both formats keep their headers in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left: int = _DIRECTORY

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size if 0 <= size <= self.left else self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise ValueError("it lists too much")
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _members(file: IO[bytes]) -> Iterator[Member]:
    """The files of an archive in its own order, without its folders."""
    start = file.read(2)
    file.seek(0)
    if start == b"PK":
        yield from _zip_members(_Metered(file))
    elif start == b"\x1f\x8b":
        with gzip.open(file) as content:
            yield from _tar_members(_Metered(cast(IO[bytes], content)))
    else:
        yield from _tar_members(_Metered(file))


def _zip_members(file: _Metered) -> Iterator[Member]:
    with zipfile.ZipFile(cast(IO[bytes], file)) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir():
                continue
            file.left = info.compress_size + _DIRECTORY
            with archive.open(info) as content:
                yield Member(info.filename, info.file_size, kind in (0, stat.S_IFREG), content)


def _tar_members(file: _Metered) -> Iterator[Member]:
    with tarfile.open(fileobj=cast(IO[bytes], file), mode="r|") as archive:
        for info in archive:
            if info.isdir():
                if not _stays_inside(f"{info.name}/file"):
                    yield Member(info.name, 0, False, io.BytesIO())
                continue
            if info.size < 0:
                raise ValueError(f"a file of {info.size} bytes")
            content = archive.extractfile(info) if info.isreg() else None
            file.left = info.size + _DIRECTORY
            yield Member(info.name, info.size, content is not None, content or io.BytesIO())


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _is_nbgraders(name: str) -> bool:
    """Whether nbgrader would read when it was handed in from a file, which a student may write."""
    return PurePosixPath(name.replace("\\", "/")).name == file_rules.TIMESTAMP


def _stem(archive: Path) -> str:
    """``ada.tar.gz`` becomes ``ada``."""
    return archive.name.removesuffix(archive.suffix).removesuffix(".tar")


def _unsafe(archive: Path, name: str) -> SubmissionError:
    return _refusal(archive, f"holds {printable_path(Path(name))!r}, a link or a way out")


def _refusal(archive: Path, why: str) -> SubmissionError:
    return SubmissionError(
        f"{printable_path(archive)} {why}; ask the student to hand in the notebook itself"
    )
