from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.referee.training import determinism
from grader.referee.training.keras_loop import KerasLoop

pytestmark = [pytest.mark.keras, pytest.mark.training]


def compiled(loss: str = "sparse_categorical_crossentropy") -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dropout(0.2), keras.layers.Dense(3, activation="softmax")]
    )
    determinism.draw_from_variables(model)  # as a trainer does: each model draws for itself
    model.compile("adam", loss, metrics=["acc"])
    return model


def drawn(count: int = 50) -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    return draw.random((count, 4), "float32"), draw.integers(0, 3, count).astype("uint8")


def test_an_epoch_is_a_fit_in_that_order() -> None:
    images, labels = drawn()
    order = np.random.default_rng(1).permutation(50)
    first, second = compiled(), compiled()
    logs = KerasLoop(first, images, labels, 16).epoch(order)
    history = second.fit(images[order], labels[order], batch_size=16, shuffle=False, verbose=0)
    # On torch, Keras' history holds tensors.
    assert logs == {name: float(values[0]) for name, values in history.history.items()}
    assert set(logs) == {"acc", "loss"}
    assert all(type(value) is float for value in logs.values())
    assert all(map(np.array_equal, first.get_weights(), second.get_weights()))
    assert int(first.optimizer.iterations) == 4  # 16, 16, 16, 2


def test_epochs_go_on_from_one_another() -> None:
    images, labels = drawn()
    first, second = compiled(), compiled()
    loop = KerasLoop(first, images, labels, 16)
    logs = [loop.epoch(np.arange(50)) for _ in range(2)]
    history = second.fit(images, labels, batch_size=16, epochs=2, shuffle=False, verbose=0).history
    assert [log["loss"] for log in logs] == [float(loss) for loss in history["loss"]]


def test_another_order_is_another_training() -> None:
    images, labels = drawn()
    first, second = compiled(), compiled()
    KerasLoop(first, images, labels, 16).epoch(np.arange(50))
    KerasLoop(second, images, labels, 16).epoch(np.arange(50)[::-1])
    assert not all(map(np.array_equal, first.get_weights(), second.get_weights()))


def test_an_order_may_name_some_rows_only() -> None:
    images, labels = drawn()
    images[10:] = np.nan
    logs = KerasLoop(compiled(), images, labels, 4).epoch(np.arange(10))
    assert np.isfinite(logs["loss"])


def test_kerass_errors_are_not_hidden() -> None:
    images, labels = drawn()
    with pytest.raises(ValueError, match="shape"):
        KerasLoop(compiled("categorical_crossentropy"), images, labels, 4).epoch(np.arange(50))
