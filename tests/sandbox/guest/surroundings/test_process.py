"""Environment variables, arguments and working directory as a test has set them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader.sandbox.guest.surroundings.process import as_in_test


def test_what_the_test_set_holds_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONE", "before")
    monkeypatch.delenv("KEY", raising=False)
    before = Path.cwd(), list(sys.argv)
    with as_in_test({"KEY": "a", "GONE": None}, ["program"], tmp_path):
        assert (os.environ["KEY"], os.environ.get("GONE")) == ("a", None)
        assert (sys.argv, Path.cwd()) == (["program"], tmp_path)
    assert (os.environ.get("KEY"), os.environ["GONE"]) == (None, "before")
    assert (Path.cwd(), sys.argv) == before


def test_what_the_students_code_sets_itself_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "before")
    with as_in_test({"KEY": "a"}, None, None):
        os.environ["KEY"] = "mine"
    assert os.environ["KEY"] == "mine"


def test_a_folder_that_is_not_there_is_an_error_that_changes_nothing(tmp_path: Path) -> None:
    before = Path.cwd(), list(sys.argv)
    with pytest.raises(FileNotFoundError), as_in_test({}, ["program"], tmp_path / "none"):
        raise AssertionError
    assert (Path.cwd(), sys.argv) == before
