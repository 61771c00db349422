"""Folders are removed whole, however deep they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.removal import remove_tree


def nest(folder: Path, depth: int) -> None:
    """Put folders into one another, deeper than a path can name."""
    here = os.open(folder, os.O_DIRECTORY)
    for _ in range(depth):
        os.mkdir("a", dir_fd=here)
        file = os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here)
        os.close(file)
        inner = os.open("a", os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


@pytest.mark.parametrize("depth", [0, 1, 3, 1500])
def test_a_folder_of_any_depth_is_removed(tmp_path: Path, depth: int) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    nest(folder, depth)
    remove_tree(folder)
    assert not folder.exists()


def test_no_link_is_followed(tmp_path: Path) -> None:
    other, folder = tmp_path / "other", tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    other.mkdir()
    (other / "kept.txt").write_text("kept")
    (folder / "inner" / "link").symlink_to(other)
    (folder / "link").symlink_to(other / "kept.txt")
    (tmp_path / "another").symlink_to(other)
    remove_tree(folder)
    remove_tree(tmp_path / "another")
    assert not folder.exists()
    assert (other / "kept.txt").read_text() == "kept"


def test_what_is_locked_away_is_removed(tmp_path: Path) -> None:
    locked = tmp_path / "folder" / "locked"
    (locked / "inner").mkdir(parents=True)
    locked.chmod(0)
    remove_tree(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_tree(tmp_path / "missing")
