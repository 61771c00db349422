from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from grader.sandbox.guest.keras_models.keras_layers import held_by

pytestmark = pytest.mark.keras

CONVOLUTION = layers.Conv2D(1, 3, padding="same")
WRAPPER = layers.TimeDistributed(layers.Dense(2))


def functional(*steps: Any) -> keras.Model:
    inputs = outputs = keras.Input((8, 8, 1))
    for step in steps:
        outputs = step(outputs)
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (keras.Sequential([keras.Input((8, 8, 1)), CONVOLUTION]), ["Conv2D"]),
        (keras.Sequential([layers.Flatten(), layers.Dense(2)]), ["Flatten", "Dense"]),
        (functional(CONVOLUTION, CONVOLUTION), ["Conv2D", "Conv2D"]),
        (functional(keras.ops.relu, layers.Flatten()), ["Relu", "Flatten"]),
        (functional(keras.Sequential([CONVOLUTION])), ["Sequential"]),
        (WRAPPER, ["Dense"]),
        (CONVOLUTION, []),
        (layers.Dropout(0.5), []),
    ],
)
def test_a_part_holds_its_layers_one_level_deep(part: Any, expected: list[str]) -> None:
    assert [type(each).__name__ for each in held_by(part, keras)] == expected
