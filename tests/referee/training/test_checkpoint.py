from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.errors import RefereeError
from grader.referee.training import checkpoint

pytestmark = [pytest.mark.keras, pytest.mark.training]

IMAGES, LABELS = np.ones((8, 4), "float32"), np.zeros(8, "uint8")


def compiled(units: int = 3) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dropout(0.5), layers.Dense(units), layers.BatchNormalization()]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.optimizer.build(model.trainable_variables)
    return model


def test_everything_that_training_changes_is_captured() -> None:
    model = compiled()
    before = checkpoint.capture(model)
    model.optimizer.learning_rate = 0.5
    model.fit(IMAGES, IMAGES[:, :3], verbose=0)
    after = checkpoint.capture(model)
    assert len(before) == len(after)  # metrics, which are made by now, are none of it
    paths = [variable.path for variable in [*model.variables, *model.optimizer.variables]]
    same = [path for path, *two in zip(paths, before, after, strict=True) if np.array_equal(*two)]
    assert same == []
    assert any("seed" in path for path in paths)


def test_what_was_captured_is_restored_into_another_model() -> None:
    model, other = compiled(), compiled()
    model.fit(IMAGES, IMAGES[:, :3], verbose=0)
    captured = checkpoint.capture(model)
    checkpoint.restore(other, captured)
    for mine, theirs in zip(captured, checkpoint.capture(other), strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    model.fit(IMAGES, IMAGES[:, :3], verbose=0)
    assert not np.array_equal(captured[1], checkpoint.capture(model)[1])  # and it was a copy


def test_another_networks_state_is_not_taken() -> None:
    with pytest.raises(RefereeError, match=r"checkpoint of .* arrays does not fit"):
        checkpoint.restore(compiled(), checkpoint.capture(compiled(units=4)))
    with pytest.raises(RefereeError, match="does not fit"):
        checkpoint.restore(compiled(), checkpoint.capture(compiled())[:-1])
