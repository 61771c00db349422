"""Fixtures of the service's tests: a course that was handed out once, and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import settings as course_settings
from grader.settings import Settings
from tests import tiny
from tests.watch.room import JUDGE, Exchange, judge


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody passes everything at once, without a process."""
    monkeypatch.setattr(JUDGE, judge())
    monkeypatch.setattr("grader.notebook.judging.warm_kernels.address", lambda *_: "")


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a course whose assignment was handed out, and its exchange."""
    folder = tmp_path_factory.mktemp("handed-out")
    (folder / "course").mkdir()
    Exchange(folder, tiny.make_course(folder / "course", cell_seconds=60)).release()
    return folder


@pytest.fixture
def course(handed_out: Path, tmp_path: Path) -> Settings:
    """The tiny course, known to a gradebook."""
    shutil.copytree(handed_out / "course", tmp_path / "course")
    return course_settings.load(tmp_path / "course")


@pytest.fixture
def handing(handed_out: Path, tmp_path: Path, course: Settings) -> Exchange:
    """A real exchange beside the course, where the assignment was handed out."""
    shutil.copytree(handed_out / "exchange", tmp_path / "exchange")
    return Exchange(tmp_path, course)
