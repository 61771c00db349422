"""The list of hints that a student has read: written beside the notebook, believed for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.model import CellHints
from grader.notebook import hint_record

CELLS = (CellHints("add", ("One.", "Two.")), CellHints("total", ("One.",)))


def test_each_hint_is_listed_once(tmp_path: Path) -> None:
    assert hint_record.add(tmp_path, "add", 1)
    assert not hint_record.add(tmp_path, "add", 2)
    assert not hint_record.add(tmp_path, "add", 1)
    assert not hint_record.add(tmp_path, "total", 1)
    head, *lines = (tmp_path / "hints_read.txt").read_text().splitlines()
    assert head.startswith("# The hints that %hint has shown")
    assert lines == ["add 1", "add 2", "total 1"]
    assert hint_record.read(tmp_path, CELLS) == {("add", 1), ("add", 2), ("total", 1)}


def test_a_submission_without_the_file_has_read_none(tmp_path: Path) -> None:
    assert hint_record.read(tmp_path, CELLS) == frozenset()


def test_only_hints_that_there_are_are_read_from_a_students_file(tmp_path: Path) -> None:
    lines = ["<b>add</b> 1", "add 3", "add 0", "add", "other 1", " add 2 ", "\x1b[2Jadd 1"]
    (tmp_path / "hints_read.txt").write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n")
    assert hint_record.read(tmp_path, CELLS) == {("add", 2)}


def test_of_a_long_file_the_beginning_is_read(tmp_path: Path) -> None:
    (tmp_path / "hints_read.txt").write_text("add 1\n" + "x" * (1 << 20) + "\nadd 2\n")
    assert hint_record.read(tmp_path, CELLS) == {("add", 1)}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("add 1\n")
    (tmp_path / "hints_read.txt").symlink_to(tmp_path / "other.txt")
    with pytest.raises(SubmissionError, match="symbolic link"):
        hint_record.read(tmp_path, CELLS)
