"""Fixtures: a course whose gradebook is made once, since nbgrader takes seconds to make one."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.settings import Settings
from tests.notebook.exports import school


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The course, in whose gradebook is nobody."""
    return school.make(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(known: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to be changed."""
    return school.copy(known, tmp_path / "course")


@pytest.fixture
def graded(course: Settings) -> Settings:
    """Ada is done, ben's written answer waits, and cleo handed in nothing."""
    return school.of_three(course)
