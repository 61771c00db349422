"""The tests of trainings once more, with Keras on torch, where PyTorch is installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.process,
    pytest.mark.keras,
    pytest.mark.training,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch"),
]

HERE = Path(__file__).parent
# Any backend must hold what these say; the other modules are about one backend each.
MODULES = (
    "test_continued_trainings.py",
    "test_keras_loop.py",
    "test_observations.py",
    "test_trainer.py",
    "test_whole_training_set.py",
)


def test_trainings_on_torch_are_as_repeatable() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ran = subprocess.run(
        [*command, *(str(HERE / name) for name in MODULES)],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
    assert " passed" in ran.stdout
    assert "skipped" not in ran.stdout
