"""What changed among files, as both sides see it, and writing what the other side sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.guest.protocol import MAX_FILES, MAX_FILES_BYTES
from grader.sandbox.guest.surroundings import shared_files
from grader.sandbox.guest.surroundings.shared_files import SharedFiles, is_name


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    return tmp_path / "here", tmp_path / "there"


def test_what_was_written_here_is_there_and_does_not_come_back(folders: tuple[Path, Path]) -> None:
    here, there = folders
    one, other = SharedFiles({"work": here}), SharedFiles({"work": there})
    (here / "deep").mkdir()
    (here / "deep" / "a.bin").write_bytes(b"\0a")
    changes = one.changes()
    assert changes == {"work/deep/": True, "work/deep/a.bin": b"\0a"}
    other.apply(changes)
    assert (there / "deep" / "a.bin").read_bytes() == b"\0a"
    assert one.changes() == other.changes() == {}


def test_a_file_that_is_written_again_at_once_has_changed(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    files = SharedFiles({"work": here})
    for text in (b"1", b"2", b"3"):
        (here / "a").write_bytes(text)
        assert files.changes() == {"work/a": text}


def test_what_is_gone_here_goes_there(folders: tuple[Path, Path]) -> None:
    here, there = folders
    one, other = SharedFiles({"tmp": here}), SharedFiles({"tmp": there})
    (here / "x").mkdir()
    (here / "x" / "a").write_text("a")
    (here / "b").write_text("b")
    other.apply(one.changes())
    (here / "b").unlink()
    (here / "x" / "a").unlink()
    (here / "x").rmdir()
    other.apply(one.changes())
    assert list(there.iterdir()) == []
    assert other.changes() == {}


def test_what_was_known_before_does_not_count_as_changed(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    (here / "a").write_text("a")
    known = SharedFiles({"work": here}).states()
    files = SharedFiles({"work": here}, known)
    assert files.changes() == {}
    (here / "a").write_text("another")
    assert files.changes() == {"work/a": b"another"}


def test_only_ordinary_files_are_shared(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    (here / "link").symlink_to("/etc/passwd")
    (here / "loop").symlink_to(here)
    os.mkfifo(here / "pipe")
    (here / ".hidden").write_text("")
    (here / "__pycache__").mkdir()
    assert SharedFiles({"work": here}).changes() == {}


def test_too_much_is_left_out_and_nothing_else_is_gone(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = folders
    with (here / "a").open("wb") as file:
        file.truncate(MAX_FILES_BYTES + 1)
    (here / "b").write_text("b")
    files = SharedFiles({"work": here})
    assert files.changes() == {"work/b": b"b"}
    monkeypatch.setattr(shared_files, "MAX_FILES", 1)
    assert files.changes() == {}
    assert MAX_FILES > 1


def test_what_is_skipped_is_never_sent(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    (here / "expected").write_text("4")
    files = SharedFiles({"work": here}, skipped="work/expected".__eq__)
    assert files.changes() == {}
    files.apply({"work/expected": b"5"})
    assert (here / "expected").read_text() == "4"


def test_a_link_leads_nothing_out_of_the_folder(folders: tuple[Path, Path]) -> None:
    here, there = folders
    (here / "out").symlink_to(there)
    (here / "file").symlink_to(there / "target")
    files = SharedFiles({"work": here})
    files.apply({"work/out/a": b"a", "work/file": b"b", "work/out/": None, "elsewhere/a": b"c"})
    assert list(there.iterdir()) == []


def test_what_cannot_be_written_does_not_keep_the_rest(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    (here / "folder").mkdir()
    (here / "file").write_text("")
    changes = {"work/file/": True, "work/file/a": b"", "work/folder": b"", "work/z": b"z"}
    SharedFiles({"work": here}).apply(changes)
    assert (here / "z").read_bytes() == b"z"
    assert (here / "folder").is_dir()


@pytest.mark.parametrize("name", ["work/a", "tmp/a/b.txt", "work/a/", "work/ä b"])
def test_a_name_below_a_place_is_one(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "work", "work/", "/tmp/a", "work//a", "work/../a", "work/..", "work/./a", "work/.a"),
        *("work/a\0", "work/a\nb", "work/\ud800", "work/" + 256 * "a", "work" + 20 * "/a"),
        *(None, 3, b"work/a", ["work/a"]),
    ],
)
def test_any_other_is_none(name: object) -> None:
    assert not is_name(name)
