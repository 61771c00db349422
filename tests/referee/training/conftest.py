"""A small data set, and a trainer on it with a store in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Budget
from grader.referee.training.trainer import Trainer
from tests.referee import small
from tests.referee.memory_store import MemoryStore


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def trainer(data: Path, store: MemoryStore) -> Trainer:
    return Trainer(data, store, Budget(epochs=6))
