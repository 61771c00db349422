"""An empty store of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.referee.store.epoch_store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")
