"""Files that hold all of their content, or what they held before."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from grader import whole_files


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"before")
    return tmp_path / "one", tmp_path / "two"


def refuse_from(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Let the disk refuse to keep what is written, from the so-manyth file on."""
    flushed = []

    def fsync(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) >= number:
            raise error

    monkeypatch.setattr(os, "fsync", fsync)


def test_all_files_are_written_and_nothing_is_beside_them(files: tuple[Path, Path]) -> None:
    whole_files.write_all({files[0]: b"1", files[1]: b"2"})
    assert [file.read_bytes() for file in files] == [b"1", b"2"]
    assert sorted(files[0].parent.iterdir()) == list(files)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_where_one_cannot_be_written_all_are_as_before(
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: BaseException,
) -> None:
    refuse_from(monkeypatch, number, error)
    with pytest.raises(type(error)):
        whole_files.write_all({files[0]: b"1", files[1]: b"2"})
    assert [file.read_bytes() for file in files] == [b"before", b"before"]
    assert sorted(files[0].parent.iterdir()) == list(files)


def test_permissions_stay_or_are_those_given(files: tuple[Path, Path]) -> None:
    files[0].chmod(0o640)
    whole_files.write(files[0], b"1")
    whole_files.write(files[1], b"2", 0o444)
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o640, 0o444]


def test_a_file_that_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / ".new.unfinished"
    left.write_text("of a process that was killed")
    left.chmod(0o444)
    assert left.match(whole_files.UNFINISHED)
    whole_files.write(tmp_path / "new", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("new", b"whole")]
