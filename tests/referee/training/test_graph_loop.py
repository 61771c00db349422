from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from grader.referee.training import checkpoint
from grader.referee.training.graph_loop import GraphLoop

pytestmark = [pytest.mark.keras, pytest.mark.training]

L, O = keras.layers, keras.optimizers  # noqa: E741 -- as Keras' own examples abbreviate them
COUNT, BATCH = 40, 16  # two whole batches and a half one
IMAGES = np.random.default_rng(0).random((COUNT, 6, 6, 1), np.float32)
LABELS = np.random.default_rng(1).integers(0, 4, COUNT).astype(np.uint8)


def dense() -> list[Any]:
    return [L.Flatten(), L.Dense(5, activation="relu")]


# Each behaviour with an optimizer of its own.
CASES: dict[str, tuple[Callable[[], list[Any]], Callable[[], Any], int]] = {
    "convolution": (
        lambda: [L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(2), *dense()],
        O.Adam,
        COUNT,
    ),
    "batch normalisation": (
        lambda: [*dense(), L.BatchNormalization()],
        lambda: O.SGD(0.1, 0.9),
        COUNT,
    ),
    "dropout": (lambda: [*dense(), L.Dropout(0.5), L.GaussianNoise(0.1)], O.RMSprop, COUNT),
    "regularised": (lambda: [L.Flatten(), L.Dense(5, kernel_regularizer="l2")], O.Nadam, COUNT),
    "schedule": (dense, lambda: O.Adam(O.schedules.ExponentialDecay(0.01, 2, 0.5)), COUNT),
    "accumulated": (dense, lambda: O.Adam(gradient_accumulation_steps=2, clipnorm=1.0), COUNT),
    "less than a batch": (dense, O.Adamax, 5),
    "moving average": (dense, lambda: O.Adam(use_ema=True), COUNT),
}


def network(case: str) -> Any:
    """Compiled, the same weights and seeds each time."""
    keras.utils.set_random_seed(7)
    layers, optimizer, _ = CASES[case]
    model = keras.Sequential([keras.Input((6, 6, 1)), *layers(), L.Dense(4, activation="softmax")])
    model.compile(optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def orders(case: str) -> list[Any]:
    count = CASES[case][2]
    return [np.random.default_rng(epoch).permutation(COUNT)[:count] for epoch in range(2)]


@pytest.mark.parametrize("case", CASES)
def test_logs_and_weights_are_those_of_fit_bit_for_bit(case: str) -> None:
    fitted, looped = network(case), network(case)
    before = looped.get_weights()
    loop = GraphLoop(looped, IMAGES, LABELS, BATCH)
    for order in orders(case):
        history = fitted.fit(
            IMAGES[order], LABELS[order], batch_size=BATCH, shuffle=False, verbose=0
        ).history
        logs = loop.epoch(order)
        assert list(logs.items()) == [(name, values[0]) for name, values in history.items()]
    assert all(map(np.array_equal, checkpoint.capture(looped), checkpoint.capture(fitted)))
    assert not all(map(np.array_equal, before, looped.get_weights()))


def test_labels_may_be_rows_of_zeros_and_ones() -> None:
    labels = np.eye(4, dtype=np.float32)[LABELS]
    fitted, looped = network("convolution"), network("convolution")
    for model in (fitted, looped):
        model.compile(O.Adam(), "categorical_crossentropy", metrics=["accuracy"])
    logs = GraphLoop(looped, IMAGES, labels, BATCH).epoch(np.arange(COUNT))
    history = fitted.fit(IMAGES, labels, batch_size=BATCH, shuffle=False, verbose=0).history
    assert logs == {name: values[0] for name, values in history.items()}
    assert all(map(np.array_equal, looped.get_weights(), fitted.get_weights()))


def test_an_epoch_goes_on_from_a_checkpoint_and_heeds_a_learning_rate() -> None:
    whole = network("dropout")
    loop = GraphLoop(whole, IMAGES, LABELS, BATCH)
    first, second = orders("dropout")
    loop.epoch(first)
    state = checkpoint.capture(whole)
    whole.optimizer.learning_rate = 0.1
    loop.epoch(second)
    again = network("dropout")
    again.optimizer.build(again.trainable_variables)
    checkpoint.restore(again, state)
    again.optimizer.learning_rate = 0.1
    GraphLoop(again, IMAGES, LABELS, BATCH).epoch(second)
    assert all(map(np.array_equal, checkpoint.capture(again), checkpoint.capture(whole)))
    whole.optimizer.learning_rate = 0.0
    before = whole.get_weights()[0]
    loop.epoch(first)
    assert np.array_equal(whole.get_weights()[0], before)


def test_kerass_errors_are_not_hidden() -> None:
    model = network("convolution")
    model.compile("adam", "categorical_crossentropy")
    with pytest.raises(ValueError, match="shape"):
        GraphLoop(model, IMAGES, LABELS, BATCH).epoch(np.arange(COUNT))
