"""Which loop trains where. The measurements behind it are in ``benchmarks/README.md``."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.referee.training import determinism, loops, scan_loop
from grader.referee.training.graph_loop import GraphLoop
from grader.referee.training.keras_loop import KerasLoop

pytestmark = [pytest.mark.keras, pytest.mark.training]


@pytest.mark.parametrize(
    ("backend", "device", "loop"),
    [
        ("tensorflow", "cpu", "graph, fused Adam"),
        ("tensorflow", "NVIDIA H100", "fit"),
        ("jax", "cpu", "scan"),
        ("jax", "NVIDIA H100", "scan"),
        ("torch", "cpu", "fit"),
        ("torch", "NVIDIA H100", "fit"),
    ],
)
def test_the_loop_is_chosen_by_backend_and_device(backend: str, device: str, loop: str) -> None:
    assert loops.name(backend, device) == loop


def test_here_the_loop_is_that_of_this_backend_and_device() -> None:
    here = keras.backend.backend()
    assert determinism.loop() == loops.name(here, determinism.kind_of_device(here))


def small() -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize(
    ("chosen", "loop", "fused"), [(loops.GRAPH, GraphLoop, True), (loops.FIT, KerasLoop, False)]
)
def test_the_chosen_loop_trains_with_its_update(chosen: str, loop: type, fused: bool) -> None:
    model = small()
    made = loops.make(chosen, model, np.zeros((8, 4), np.float32), np.zeros(8, np.uint8), 4)
    assert type(made) is loop
    assert ("update_step" in vars(model.optimizer)) == fused
    assert made.epoch(np.arange(8)).keys() == {"loss"}


def test_scan_is_the_loop_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(scan_loop, "ScanLoop", lambda *given: asked.append(given))
    loops.make(loops.SCAN, "model", "images", "labels", 4)
    assert asked == [("model", "images", "labels", 4)]
