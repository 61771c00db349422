"""A model that would take minutes or all memory for one image is looked at, and not asked."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import pytest

from grader.checks import architecture
from grader.checks.activations import activation_shapes, small_cnn
from grader.errors import ClaimFailed, DeclarationRefused
from grader.examiner import model_proxies
from grader.referee.spec import budgets

pytestmark = pytest.mark.keras

L = keras.layers
OPEN, IMAGE = (None, None, 1), (28, 28, 1)
IMAGES = np.ones((1, 28, 28, 1), "float32")


def received(*layers: Any, shape: Any = IMAGE) -> Any:
    """The model as it arrives from a student's kernel."""
    model = keras.Sequential([keras.Input(shape), *layers])
    found = {"type": "Sequential", "description": model.to_json(), "parts": []}
    return model_proxies.build(found, model.get_weights())


ENDLESS: dict[str, tuple[list[Any], Any]] = {
    "a large window": ([L.UpSampling2D(50), L.Conv2D(1, 400, padding="same")], IMAGE),
    "a large image": ([L.UpSampling2D(400)], IMAGE),
    "an image that grows in each layer": ([L.UpSampling2D(60), L.UpSampling2D(60)], OPEN),
    "padding without end": ([L.ZeroPadding2D(9000)], OPEN),
    "a window on what has grown": ([L.UpSampling2D(50), L.MaxPooling2D(90, 1, "same")], OPEN),
    "many steps": ([L.Reshape((784, 1)), L.UpSampling1D(90), L.LSTM(300)], IMAGE),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_never_end_is_not_asked(name: str) -> None:
    layers, shape = ENDLESS[name]
    began = time.process_time()
    model = received(*layers, shape=shape)
    with pytest.raises(ClaimFailed, match="cannot be asked"):
        model(IMAGES)
    with pytest.raises(ClaimFailed, match="cannot be asked"):
        activation_shapes(lambda _: model, small_cnn(), IMAGES)
    assert time.process_time() - began < 60


def test_it_can_be_looked_at() -> None:
    layers, shape = ENDLESS["an image that grows in each layer"]
    model = keras.Sequential([keras.Input(shape), *layers])
    parts = [
        {"type": "UpSampling2D", "name": f"up{n}", "layer": True, "own": False, "parts": []}
        for n in range(2)
    ]
    found = {"type": "Sequential", "description": model.to_json(), "parts": parts, "own": False}
    architecture.expect_count(model_proxies.build(found, []), "UpSampling2D", 0)
    assert len(architecture.layers(model_proxies.build(found, []))) == 2


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ([L.Conv2D(64, 3), L.MaxPooling2D(2), L.Flatten(), L.Dense(512), L.Dense(10)], IMAGE),
        ([L.Conv2D(64, 3), L.GlobalAveragePooling2D(), L.Dense(10)], OPEN),
        ([L.LSTM(32), L.Dense(2)], (None, 8)),
        ([L.Embedding(1000, 16), L.GlobalAveragePooling1D(), L.Dense(2)], (None,)),
        ([L.UpSampling2D(2), L.Resizing(64, 64)], IMAGE),
    ],
)
def test_ordinary_models_are_asked(layers: list[Any], shape: Any) -> None:
    model = received(*layers, shape=shape)
    asked = np.ones((1, *(size or 5 for size in shape)), "float32")
    assert np.isfinite(np.asarray(model(asked))).all()


def test_orthogonal_starts_are_counted_together() -> None:
    small, large = (
        [L.Dense(2400, kernel_initializer="orthogonal") for _ in range(count)] for count in (1, 9)
    )
    with budgets.counting_weights(10**9):
        keras.Sequential([keras.Input((4,)), *small])
    with pytest.raises(DeclarationRefused, match="too long"), budgets.counting_weights(10**9):
        keras.Sequential([keras.Input((2400,)), *large])
