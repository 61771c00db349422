from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from grader.referee.training import checkpoint, fused_adam

pytestmark = [pytest.mark.keras, pytest.mark.training]

O = keras.optimizers  # noqa: E741 -- as Keras' own examples abbreviate it
FUSED: dict[str, Callable[[], Any]] = {
    "adam": O.Adam,
    "settings": lambda: O.Adam(0.01, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
    "weight decay": lambda: O.AdamW(0.01, weight_decay=0.1),
    "schedule": lambda: O.Adam(O.schedules.ExponentialDecay(0.01, 2, 0.5)),
    "clipped": lambda: O.Adam(clipnorm=0.1),
    "accumulated": lambda: O.Adam(gradient_accumulation_steps=2),
    "moving average": lambda: O.Adam(use_ema=True),
}
OTHERS: dict[str, Callable[[], Any]] = {
    "amsgrad": lambda: O.Adam(amsgrad=True),
    "nadam": O.Nadam,
    "sgd": lambda: O.SGD(momentum=0.9),
    "scaled loss": lambda: O.LossScaleOptimizer(O.Adam()),
}
IMAGES = np.random.default_rng(0).random((40, 6), np.float32)
LABELS = np.arange(40) % 3


def network(optimizer: Any) -> Any:
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential([keras.Input((6,)), layers.Dense(8, "relu"), layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss)
    return model


def trained(model: Any, epochs: int = 3) -> list[Any]:
    model.fit(IMAGES, LABELS, batch_size=8, epochs=epochs, shuffle=False, verbose=0)
    return list(checkpoint.capture(model))


@pytest.mark.parametrize("name", FUSED)
def test_it_trains_as_keras_does_but_for_rounding(name: str) -> None:
    kerass, fused = network(FUSED[name]()), network(FUSED[name]())
    before = kerass.get_weights()
    assert fused_adam.install(fused.optimizer)
    for mine, theirs in zip(trained(fused), trained(kerass), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    assert np.abs(before[0] - fused.get_weights()[0]).max() > 1e-3


@pytest.mark.parametrize("name", OTHERS)
def test_other_optimizers_stay_as_they_are(name: str) -> None:
    optimizer = network(OTHERS[name]()).optimizer
    before = type(optimizer), dict(vars(optimizer))
    assert not fused_adam.install(optimizer)
    assert (type(optimizer), vars(optimizer)) == before


def test_it_gives_the_same_bits_each_time_and_from_a_checkpoint() -> None:
    whole, again = network("adam"), network("adam")
    fused_adam.install(whole.optimizer)
    fused_adam.install(again.optimizer)
    state = trained(again, 1)
    expected = trained(whole)
    assert all(map(np.array_equal, trained(again, 2), expected))
    fresh = network("adam")
    fused_adam.install(fresh.optimizer)
    fresh.optimizer.build(fresh.trainable_variables)
    checkpoint.restore(fresh, state)
    assert all(map(np.array_equal, trained(fresh, 2), expected))


def test_a_learning_rate_that_is_set_is_heeded() -> None:
    model = network("adam")
    fused_adam.install(model.optimizer)
    before = trained(model, 1)[0]
    model.optimizer.learning_rate = 0.0
    assert np.array_equal(trained(model, 1)[0], before)


def test_a_weight_of_other_numbers_is_left_to_keras() -> None:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, dtype="float64")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    assert fused_adam.install(model.optimizer)
    before = model.get_weights()[0]
    assert model.optimizer.variables
    assert np.abs(trained(model)[0] - before).max() > 1e-3
