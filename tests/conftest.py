"""Fixtures: a tiny course, whose one exercise is to add two numbers.

What is slow to import is imported in them: the process that starts others with tests needs none.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import grader.notebook  # noqa: F401 -- ahead of nbformat, which it imports without slow grammars

if TYPE_CHECKING:
    from grader.settings import Settings

ROOT = Path(__file__).parent.parent

pytest_plugins = ["tests.needs"]

# nbgrader starts alembic as a program: it stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(scope="session", autouse=True)
def _quick_gradebooks() -> Iterator[None]:
    """Make gradebooks without a program, and write them without waiting for the disk.

    nbgrader starts alembic, for a second, to be told the newest version of its tables; and SQLite
    waits at each commit, of which nothing is left where the power fails in the midst of a test.
    """
    import nbgrader
    from alembic.script import ScriptDirectory
    from nbgrader import api
    from sqlalchemy import Engine, event

    versions = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    event.listen(Engine, "connect", _write_at_once)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(versions.get_current_head))
        yield
    event.remove(Engine, "connect", _write_at_once)


def _write_at_once(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(autouse=True)
def _seeded(request: pytest.FixtureRequest) -> None:
    """Seed TensorFlow: where a test has turned determinism on, nothing is drawn without a seed."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and request.node.get_closest_marker("keras"):
        tensorflow.random.set_seed(20261127)


@pytest.fixture
def tiny_course(tmp_path: Path) -> Settings:
    """A course of its own folder with the exercise of ``tests.tiny``."""
    from tests import tiny

    return tiny.make_course(tmp_path, cell_seconds=20)


@pytest.fixture(scope="session")
def tiny_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook that knows the tiny course's exercise, to be copied: one takes half a second."""
    from grader.notebook import gradebook
    from grader.notebook.assignment import load_assignment
    from tests import tiny

    course = tiny.make_course(tmp_path_factory.mktemp("gradebook"), cell_seconds=20)
    gradebook.prepare(course, load_assignment(course, "sums"))
    return course.root / "gradebook.db"


@pytest.fixture(scope="session")
def on_slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The course with small slices of the real data, and a referee for all tests.

    Its notebooks are shorter; see ``tests.courses.made``. Each process of pytest-xdist has its own,
    and all have one store.
    """
    from tests import slices
    from tests.courses import refereed

    data = tmp_path_factory.mktemp("slices")
    data.chmod(0o755)  # student code may run as nobody
    slices.write_slices(ROOT / "data", data)
    root, runs = tmp_path_factory.mktemp("course"), _shared(tmp_path_factory)
    with refereed(root, data, runs, short=True) as course:
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
    from grader.notebook.judging import judge_process

    forkserver._forkserver._stop()  # made for tests
    judge_process._start_server([judge_process.PRELOADED, "keras"])
