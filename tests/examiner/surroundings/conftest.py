from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.examiner.surroundings.course import Course
from tests.examiner.surroundings.both import Both

Make = Callable[..., Both]  # of a course, if it gives something, and the student's names


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """The student's working directory."""
    (tmp_path / "kernel").mkdir()
    return tmp_path / "kernel"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the files beside the notebook."""
    (tmp_path / "beside").mkdir()
    return tmp_path / "beside"


@pytest.fixture
def both(kernel: Path, folder: Path) -> Iterator[Make]:
    """Make a student's side, whose test cells get what ``course`` gives."""
    made: list[Both] = []

    def make(course: Course | None = None, **names: Any) -> Both:
        made.append(Both(kernel, course or Course(folder), names))
        return made[-1]

    yield make
    for each in made:
        each.close()
