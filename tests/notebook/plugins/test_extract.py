from __future__ import annotations

import functools
import gzip
import io
import logging
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.notebook import gradebook
from grader.notebook.assignment import load_assignment
from grader.notebook.plugins.extract import CarefulExtractor
from grader.notebook.submission import paths
from grader.settings import Settings

GIGABYTE = 1 << 30


def zipped(path: Path, name: str, mode: int = 0, claims: int | None = None) -> None:
    """A zip archive with one file in it, which may claim another size than it has."""
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "{}")
        if claims is not None:
            archive.filelist[0].file_size = claims


def tarred(path: Path, name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> None:
    """A tar.gz with one member in it."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, "/etc/passwd"
    content = zeros() * (size >> 26) if size else b""
    path.write_bytes(gzip.compress(info.tobuf()) + content)


@functools.cache
def zeros() -> bytes:
    """64 MB of zeros, compressed."""
    return gzip.compress(bytes(64 << 20))


def bomb_of_headers(path: Path) -> None:
    """One member's name of two gigabytes: tarfile would read it into memory."""
    info = tarfile.TarInfo("long")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2 * GIGABYTE
    path.write_bytes(gzip.compress(info.tobuf()) + zeros() * 32)


def bomb_of_names(path: Path) -> None:
    """A directory of 16 MB."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number:060000}", "")


def compressed(path: Path, method: int) -> None:
    """A zip archive of which a byte in the midst was changed."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("sums.ipynb", bytes(range(256)))
    content = bytearray(path.read_bytes())
    content[len(content) // 4] ^= 255
    path.write_bytes(content)


def nameless(path: Path) -> None:
    """A file whose name begins with what ends names."""
    zipped(path, "NAME")
    path.write_bytes(path.read_bytes().replace(b"NAME", b"\0AME"))


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "up.zip": (lambda path: zipped(path, "../up.ipynb"), "holds '../up.ipynb'"),
    "back.zip": (lambda path: zipped(path, "..\\up.ipynb"), r"holds '..\\\\up.ipynb'"),
    "root.zip": (lambda path: zipped(path, "/tmp/root.ipynb"), "holds '/tmp/root.ipynb'"),
    "link.zip": (lambda path: zipped(path, "link.ipynb", stat.S_IFLNK | 0o777), "a link"),
    "bomb.zip": (lambda path: zipped(path, "a.ipynb", 0, 10 * GIGABYTE), "more than 1000 MB"),
    "names.zip": (bomb_of_names, "it lists too much"),
    "deflate.zip": (lambda path: compressed(path, zipfile.ZIP_DEFLATED), "cannot be unpacked"),
    "bzip2.zip": (lambda path: compressed(path, zipfile.ZIP_BZIP2), "cannot be unpacked"),
    "lzma.zip": (lambda path: compressed(path, zipfile.ZIP_LZMA), "cannot be unpacked"),
    "nameless.zip": (nameless, "cannot be unpacked"),
    "up.tar.gz": (lambda path: tarred(path, "../up.ipynb"), "holds '../up.ipynb'"),
    "up.tar": (lambda path: tarred(path, "a/../../up", tarfile.DIRTYPE), "holds 'a/../../up'"),
    "root.tar": (lambda path: tarred(path, "/tmp/root.ipynb"), "holds '/tmp/root.ipynb'"),
    "device.tar": (lambda path: tarred(path, "sums.ipynb", tarfile.CHRTYPE), "a link"),
    "link.tar.gz": (lambda path: tarred(path, "sums.ipynb", tarfile.SYMTYPE), "a link"),
    "hard.tar.gz": (lambda path: tarred(path, "sums.ipynb", tarfile.LNKTYPE), "a link"),
    "pipe.tar.gz": (lambda path: tarred(path, "sums.ipynb", tarfile.FIFOTYPE), "a link"),
    "bomb.tar.gz": (lambda path: tarred(path, "a", size=10 * GIGABYTE), "more than 1000 MB"),
    "head.tar.gz": (bomb_of_headers, "it lists too much"),
    "none.zip": (lambda path: path.write_text("no archive"), "cannot be unpacked"),
    "cut.tar.gz": (lambda path: path.write_bytes(gzip.compress(b"x" * 900)[:20]), "cannot be"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_is_refused_by_name_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    make, words = REFUSED[name]
    archive, target = tmp_path / "in" / name, tmp_path / "out" / "ada"
    archive.parent.mkdir()
    make(archive)
    with pytest.raises(SubmissionError, match=f"{name} .*{words}.*ask the student to hand in"):
        CarefulExtractor().unpack(archive, target)
    assert list(target.parent.iterdir()) == []


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(4):
            archive.writestr(str(number), "")
    with pytest.raises(SubmissionError, match=r"many\.zip is over a limit: more than 3 files"):
        CarefulExtractor(max_files=3).unpack(tmp_path / "many.zip", tmp_path / "out")
    CarefulExtractor(max_files=4).unpack(tmp_path / "many.zip", tmp_path / "out")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"max_nested_megabytes": 3}, "more than 3 MB in archives within one"),
        ({"max_nested_files": 3}, "more than 3 files in archives within one"),
    ],
)
def test_archives_in_an_archive_have_one_limit_together(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, limits: dict[str, int], words: str
) -> None:
    source, target = tmp_path / "archive", tmp_path / "extracted"
    source.mkdir()
    target.mkdir()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1 << 20))
    with zipfile.ZipFile(source / "ada.zip", "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.zip", inner.getvalue())
    with caplog.at_level(logging.ERROR):
        CarefulExtractor(**limits).extract(str(source), str(target))
    assert len(list(target.rglob("a"))) == 3
    assert caplog.text.count(words) == 2


def inner_archive() -> bytes:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        info = tarfile.TarInfo("mine/sums.ipynb")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"{}"))
    return inner.getvalue()


def test_the_rest_is_unpacked_nested_archives_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source, target = tmp_path / "archive", tmp_path / "extracted"
    (source / "late").mkdir(parents=True)
    target.mkdir()
    with zipfile.ZipFile(source / "class.zip", "w") as archive:
        archive.mkdir("empty")
        archive.writestr("ada/sums.ipynb", "{}")
        archive.writestr("ada/timestamp.txt", "2020-01-01 00:00:00 UTC")
        archive.writestr("bob.tar.gz", inner_archive())
        archive.writestr("eve.zip", "no archive")
    (source / "late" / "zoe.ipynb").write_text("{}")
    (source / "late" / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    (source / "late" / "sly.ipynb").symlink_to("/etc/passwd")
    zipped(source / "mallory.zip", "../mallory.ipynb")
    with caplog.at_level(logging.ERROR):
        CarefulExtractor().extract(str(source), str(target))
    found = {str(path.relative_to(target)) for path in target.rglob("*.ipynb")}
    assert found == {"class/ada/sums.ipynb", "class/bob/mine/sums.ipynb", "late/zoe.ipynb"}
    assert not list(target.rglob("timestamp.txt")), "no student says when it was handed in"
    assert [record.getMessage().split()[1].rpartition("/")[2] for record in caplog.records] == [
        "eve.zip",
        "sly.ipynb",
        "mallory.zip",
    ]


@pytest.mark.process
def test_nbgraders_command_collects_through_it(tiny_course: Settings) -> None:
    gradebook.prepare(tiny_course, load_assignment(tiny_course, "sums"))
    archives = tiny_course.root / "downloaded" / "sums" / "archive"
    archives.mkdir(parents=True)
    zipped(archives / "ada.zip", "ada_sums.ipynb")
    zipped(archives / "mallory.zip", "../mallory_sums.ipynb")
    regexp = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>\w+)_(?P<file_id>\w+)"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", "sums", regexp],
        cwd=tiny_course.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    assert "Refused: " in done.stderr
    assert "mallory.zip holds '../mallory_sums.ipynb'" in done.stderr
    assert paths.students(tiny_course, "sums") == ("ada",)
