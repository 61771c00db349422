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


@pytest.fixture(scope="session")
def known_of_three(known: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The course with a class of three, who are enrolled and graded once."""
    return school.of_three(school.copy(known, tmp_path_factory.mktemp("three") / "course"))


@pytest.fixture
def graded(known_of_three: Settings, tmp_path: Path) -> Settings:
    """A copy, to be changed: ada is done, ben's written answer waits, cleo handed in nothing."""
    return school.copy(known_of_three, tmp_path / "course")
