"""Attacks by archives that readers take in different ways, or that grow as they are unpacked."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from grader.errors import SubmissionError
from grader.notebook.plugins.extract import CarefulExtractor
from tests.attacks.odd_archives import (
    NOTEBOOK,
    Header,
    as_symlink,
    encrypted,
    header,
    other_local_name,
    overlapping,
    patched,
    pax_record,
    quine,
    sparse,
    wrong_crc,
    zipped,
)
from tests.attacks.trials import Carry, Trial

UNPACKED = "unpacked: ada_numbers.ipynb"
_SHOWN = 40  # characters of a name


def unpacking(name: str, write: Callable[[Path], object], megabytes: int = 1000) -> Carry:
    """Unpack what ``write`` makes under ``name``; says which files came out, or why none did."""

    def carry(folder: Path) -> str:
        archive, place = folder / name, folder / "out" / "ada"
        write(archive)
        try:
            CarefulExtractor(max_megabytes=megabytes).unpack(archive, place)
        except SubmissionError as error:
            left = sorted(path.name for path in (folder / "out").rglob("*"))
            return f"refused: {_reason(error, name)}" + (f"; left {left}" if left else "")
        files = sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())
        strange = [str(p) for p in folder.rglob("*") if p.is_symlink()]
        return "; ".join([f"unpacked: {', '.join(file[:_SHOWN] for file in files)}", *strange])

    return carry


def _reason(error: SubmissionError, name: str) -> str:
    """The first words of a refusal, behind the archive's path."""
    said = str(error).partition(f"{name} ")[2]
    return said.partition(";")[0].partition(":")[0].partition(" (")[0]


def bombs(count: int) -> Carry:
    """Collect an archive of archives of 10 MB each; at most 25 MB may come out of all of them."""

    def carry(folder: Path) -> str:
        inner = folder / "inner.zip"
        zipped(("zeros", bytes(10 << 20)))(inner)
        members = ((f"{number}.zip", inner.read_bytes()) for number in range(count))
        (folder / "archive").mkdir()
        (folder / "extracted").mkdir()
        zipped(*members)(folder / "archive" / "ada.zip")
        extractor = CarefulExtractor(max_nested_megabytes=25)
        extractor.extract(str(folder / "archive"), str(folder / "extracted"))
        files = list((folder / "extracted").rglob("zeros"))
        return f"unpacked: {sum(file.stat().st_size for file in files) >> 20} MB"

    return carry


def tarred(*members: tuple[str, bytes, Header | None], pax: dict[str, str] | None = None) -> Carry:
    """A tar of these members, each with a header that may be changed; refused or unpacked."""

    def write(path: Path) -> None:
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
            for name, content, change in members:
                info = tarfile.TarInfo(name)
                info.size, info.pax_headers = len(content), dict(pax or {})
                if change is not None:
                    change(info)
                archive.addfile(info, io.BytesIO(content) if info.isreg() else None)

    return unpacking("ada.tar", write)


def raw_tar(write: Callable[[], bytes]) -> Carry:
    return unpacking("ada.tar", lambda path: path.write_bytes(write()))


PLAIN = unpacking("ada.zip", zipped(("ada_numbers.ipynb", NOTEBOOK)))
PLAIN_TAR = tarred(("ada_numbers.ipynb", NOTEBOOK, None))
BROKEN = "refused: cannot be unpacked"
WAY_OUT = "a link or a way out"


def _of_zip(name: str, about: str, write: Callable[[Path], object], expected: str) -> Trial:
    return Trial(64, name, about, unpacking("ada.zip", write), expected, PLAIN, UNPACKED)


def _of_tar(name: str, about: str, hostile: Carry, expected: str) -> Trial:
    return Trial(64, name, about, hostile, expected, PLAIN_TAR, UNPACKED)


TRIALS = (
    _of_zip("wrong_sum", "a zip whose bytes have another check sum", patched(wrong_crc), BROKEN),
    _of_zip("encrypted", "a zip that needs a password", patched(encrypted), BROKEN),
    _of_zip(
        "two_names",
        "a zip with another name in front of the file than in the directory",
        patched(other_local_name),
        BROKEN,
    ),
    Trial(
        64,
        "overlapping_files",
        "a zip with several names for the same bytes, each of honest size",
        unpacking("ada.zip", overlapping, megabytes=25),
        "refused: is over a limit",
        unpacking("ada.zip", overlapping),
        "unpacked: 0, 1, 2, 3, 4",
    ),
    _of_zip(
        "same_name_twice",
        "a zip with two files of one name",
        zipped(("ada_numbers.ipynb", NOTEBOOK), ("ada_numbers.ipynb", b"{}")),
        BROKEN,
    ),
    _of_zip(
        "file_and_folder",
        "a zip whose file is a folder, too",
        zipped(("a", NOTEBOOK), ("a/b", NOTEBOOK)),
        BROKEN,
    ),
    _of_zip(
        "drive_letter",
        "a zip with a path of Windows that leads up",
        zipped(("C:\\..\\..\\numbers.ipynb", NOTEBOOK)),
        "refused: holds 'C",
    ),
    _of_zip(
        "name_of_300_bytes",
        "a zip with a name of 300 bytes, which no file system takes",
        zipped(("a" * 300, NOTEBOOK)),
        BROKEN,
    ),
    _of_zip(
        "folders_of_a_name",
        "a zip with a name of 2000 folders",
        zipped(("a/" * 2000 + "b", NOTEBOOK)),
        BROKEN,
    ),
    _of_tar(
        "file_through_link",
        "a tar with a link to a folder outside, and a file through it",
        tarred(("way", b"", as_symlink("/tmp")), ("way/evil", NOTEBOOK, None)),
        f"refused: holds 'way', {WAY_OUT}",
    ),
    _of_tar(
        "sparse_member",
        "a tar with a sparse file of 8 TB",
        raw_tar(lambda: sparse(8 << 40)),
        "refused: is over a limit",
    ),
    _of_tar(
        "huge_number",
        "a tar whose file's size has 400 digits",
        raw_tar(lambda: pax_record("size", "9" * 400)),
        "refused: is over a limit",
    ),
    _of_tar(
        "negative_size",
        "a tar whose file is of -1 bytes",
        raw_tar(lambda: pax_record("size", "-1")),
        BROKEN,
    ),
    _of_tar(
        "time_not_a_number",
        "a tar whose file was changed at NaN, by account 1e999",
        tarred(("ada_numbers.ipynb", NOTEBOOK, None), pax={"mtime": "nan", "uid": "1e999"}),
        UNPACKED,
    ),
    Trial(
        64,
        "bombs_in_an_archive",
        "an archive of archives, each of them within its limits",
        bombs(20),
        "unpacked: 20 MB",
        bombs(2),
        "unpacked: 20 MB",
    ),
    Trial(
        64,
        "archives_in_archives",
        "a zip in a zip, 40 levels",
        unpacking("ada.zip", quine),
        "unpacked: 39.zip",
        PLAIN,
        UNPACKED,
    ),
    Trial(
        64,
        "zeros",
        "10 GB of zeros in a gzip that was packed twice",
        unpacking(
            "ada.tar.gz",
            lambda path: path.write_bytes(
                gzip.compress(header(size=10 << 30)) + gzip.compress(bytes(64 << 20)) * 160
            ),
        ),
        "refused: is over a limit",
        PLAIN_TAR,
        UNPACKED,
    ),
)
