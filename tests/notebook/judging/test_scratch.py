"""Temporary folders of judging go, also those that a killed process could not remove."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from grader.examiner.surroundings.files import new_folder
from grader.notebook.judging import scratch
from grader.sandbox.memory import WATCHED


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scratch, "PLACE", tmp_path)
    monkeypatch.setattr(scratch, "memory_bound", lambda: WATCHED)
    return tmp_path


def test_a_folder_is_gone_afterwards(place: Path) -> None:
    with scratch.folder() as folder:
        (folder / "file").write_text("")
        assert folder.name.startswith(f"grader-judge-{os.getpid()}-")
    assert list(place.iterdir()) == []


def test_folders_of_processes_that_are_gone_are_removed(place: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    for kind in ("judge", "sandbox", "warm", "referee", "claims"):
        (place / f"grader-{kind}-{gone.pid}-abc_12" / "inside").mkdir(parents=True)
    kept = {
        f"grader-judge-{os.getpid()}-abc",  # its process is there
        f"grader-test-{gone.pid}-abc",  # of a kind that is not ours to remove
        f"other-judge-{gone.pid}-abc",
        "grader-judge-abc",
    }
    for name in kept:
        (place / name).mkdir()
    scratch.remove_leftovers()
    assert {path.name for path in place.iterdir()} == kept


def test_folders_of_test_cells_are_known(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with monkeypatch.context() as patch:
        patch.setattr("os.getpid", lambda: gone.pid)
        folder = new_folder()
    assert list(place.iterdir()) == [folder]
    scratch.remove_leftovers()
    assert not folder.exists()


def test_a_link_in_place_of_a_folder_is_not_followed(place: Path, tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    precious = tmp_path / "precious"
    (precious / "file").mkdir(parents=True)
    (place / f"grader-judge-{gone.pid}-abc").symlink_to(precious)
    scratch.remove_leftovers()
    assert (precious / "file").exists()
