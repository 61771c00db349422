"""Fixtures: a tiny course, whose one exercise is to add two numbers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from grader.notebook import worker
from grader.settings import Settings
from tests import slices, tiny

ROOT = Path(__file__).parent.parent

# nbgrader starts alembic as a program: it stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the trainings of minutes: at the end, one process would wait for the other."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def tiny_course(tmp_path: Path) -> Settings:
    """A course of its own folder with the exercise of ``tests.tiny``."""
    return tiny.make_course(tmp_path, cell_seconds=5)


@pytest.fixture(scope="session")
def on_slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The course with small slices of the real data, and a referee for all tests."""
    from tests.courses import refereed

    data = tmp_path_factory.mktemp("slices")
    data.chmod(0o755)  # student code may run as nobody
    slices.write_slices(ROOT / "data", data)
    with refereed(tmp_path_factory.mktemp("course"), data) as course:
        yield course


@pytest.fixture(scope="session")
def judges_with_keras() -> None:
    """Let judges be forked from a server that has imported Keras, which takes seconds.

    A test before may have started the server without; it keeps what it was started with.
    """
    forkserver._forkserver._stop()  # made for tests
    worker._start_server([worker.__name__, "keras"])
