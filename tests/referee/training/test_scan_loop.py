from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.errors import RefereeError
from grader.referee.training.scan_loop import ScanLoop
from tests.needs import drawn

ROOT = Path(__file__).parents[3]
CASES = [
    "convolution",
    "batch normalisation",
    "dropout",
    "regularised",
    "schedule",
    "one_hot",
    "accumulated",
    "less_than_a_batch",
    "nested",
    "moving_average",
]

pytestmark = [pytest.mark.keras, pytest.mark.training]

# To compile a case twice takes seconds: `make test-all` takes all of them.
each_case = pytest.mark.parametrize("case", drawn(CASES, 5))


def asked_for(request: pytest.FixtureRequest) -> list[str]:
    """The cases of the tests that this session runs."""
    items = [item for item in request.session.items if item.path == request.path]
    parameters = [item.callspec.params for item in items if hasattr(item, "callspec")]
    return sorted({found["case"] for found in parameters if "case" in found})


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> Any:
    """What ``scan_cases`` says; it trains on JAX's CPU, whatever this process and machine have."""
    quick = "--xla_backend_optimization_level=0"  # compiling is most of the time
    environment = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": quick,
    }
    command = [sys.executable, "-m", "tests.referee.training.scan_cases", *asked_for(request)]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


def test_every_case_that_is_asked_for_is_looked_at(
    found: Any, request: pytest.FixtureRequest
) -> None:
    assert sorted(found["compared"]) == asked_for(request)


@each_case
def test_logs_are_those_of_fit(found: Any, case: str) -> None:
    compared = found["compared"][case]
    assert compared["scan"]
    for fit, scan in zip(compared["fit"], compared["scan"], strict=True):
        assert [name for name, _ in scan] == [name for name, _ in fit]
        assert dict(scan) == pytest.approx(dict(fit), rel=2e-5)


@each_case
def test_variables_are_those_after_fit(found: Any, case: str) -> None:
    compared = found["compared"][case]
    assert max(compared["difference"]) < 2e-4  # of each variable's size
    assert min(compared["moved"]) > 1e-3


def test_saved_variables_can_be_put_back_and_give_the_same_bits(found: Any) -> None:
    restored = found["restored"]
    assert restored["again"] == restored["first"]
    assert restored["same"]


def test_compiles_once(found: Any) -> None:
    assert found["compiled_once"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("untraceable", "RefereeError: the network cannot be trained as one compiled program"),
        ("own_step", "RefereeError: OwnStep has a train_step of its own"),
        ("not_compiled", "RefereeError: the network is not compiled"),
        ("fewer_images", "ValueError: 39 images, 40 labels"),
        ("no_batch", "ValueError: 40 images, 40 labels, batches of 0"),
        ("row_beyond", "ValueError: expected rows from 0 to 39"),
        ("row_before", "ValueError: expected rows from 0 to 39"),
        ("no_row", "ValueError: expected rows from 0 to 39"),
    ],
)
def test_refuses(found: Any, what: str, message: str) -> None:
    assert found["refusals"][what].startswith(message)


def test_refuses_another_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(RefereeError, match="set KERAS_BACKEND=jax"):
        ScanLoop(object(), np.zeros((1, 2), np.float32), np.zeros(1, int), 1)
