"""Fixtures: a tiny course, whose one exercise is to add two numbers."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from grader.notebook.judging import judge_process
from grader.settings import Settings
from tests import slices, tiny

ROOT = Path(__file__).parent.parent

pytest_plugins = ["tests.needs"]

# nbgrader starts alembic as a program: it stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(scope="session", autouse=True)
def _gradebooks_version() -> Iterator[None]:
    """Ask alembic once, and not a process of a second for each gradebook that a test makes."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield


@pytest.fixture(autouse=True)
def _seeded(request: pytest.FixtureRequest) -> None:
    """Seed TensorFlow: where a test has turned determinism on, nothing is drawn without a seed."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and request.node.get_closest_marker("keras"):
        tensorflow.random.set_seed(20261127)


@pytest.fixture
def tiny_course(tmp_path: Path) -> Settings:
    """A course of its own folder with the exercise of ``tests.tiny``."""
    return tiny.make_course(tmp_path, cell_seconds=20)


@pytest.fixture(scope="session")
def tiny_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook that knows the tiny course's exercise, to be copied: one takes half a second."""
    from grader.notebook import gradebook
    from grader.notebook.assignment import load_assignment

    course = tiny.make_course(tmp_path_factory.mktemp("gradebook"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    return course.root / "gradebook.db"


@pytest.fixture(scope="session")
def on_slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The course with small slices of the real data, and a referee for all tests.

    Each process of pytest-xdist has its own, and all have one store.
    """
    from tests.courses import refereed

    data = tmp_path_factory.mktemp("slices")
    data.chmod(0o755)  # student code may run as nobody
    slices.write_slices(ROOT / "data", data)
    with refereed(tmp_path_factory.mktemp("course"), data, _shared(tmp_path_factory)) as course:
        yield course


def _shared(factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of this run of tests."""
    ours = factory.getbasetemp()
    folder = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "shared-runs"
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def judges_with_keras() -> None:
    """Let judges be forked from a server that has imported Keras, which takes seconds.

    A test before may have started the server without; it keeps what it was started with.
    """
    forkserver._forkserver._stop()  # made for tests
    judge_process._start_server([judge_process.PRELOADED, "keras"])
