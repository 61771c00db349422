"""Fixtures: a worker with a made-up trainer, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.referee.service.client import Client, connect
from tests.referee import world


@pytest.fixture
def worker(runs: Path, address: str) -> Iterator[world.Worker]:
    """A worker that is ended when the test is over."""
    with world.worker(world.setup(runs), address) as started:
        yield started


@pytest.fixture
def client(worker: world.Worker) -> Iterator[Client]:
    """A client of ``worker``."""
    with connect(worker.address) as connected:
        yield connected
