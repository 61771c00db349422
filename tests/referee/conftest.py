"""Fixtures: a short folder for sockets, a folder of runs, and an eye on what is left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import eventually
from tests.referee import world


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of runs; no process may work on it when the test is over."""
    folders = [str(world.ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, folders)))
    folder = tmp_path / "runs"
    folder.mkdir()
    yield folder
    assert eventually(lambda: not world.processes(folder))


@pytest.fixture
def address() -> Iterator[str]:
    """Of a worker, in a folder that is short enough for a socket; empty when the test is over."""
    folder = Path(tempfile.mkdtemp(prefix="grader-test-", dir="/tmp"))
    yield f"ipc://{folder / 'socket'}"
    left = [file.name for file in folder.iterdir()] if folder.exists() else []
    shutil.rmtree(folder, ignore_errors=True)
    assert left == []
