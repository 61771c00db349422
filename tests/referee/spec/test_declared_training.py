"""Networks that are to be trained: cases of docs/security.md, each with a harmless twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from grader.errors import DeclarationRefused
from grader.referee.spec import declaration
from tests.referee.spec.networks import L, build, dense, described, ready, trainable

pytestmark = pytest.mark.keras


def test_what_is_built_to_be_trained_is_compiled_and_fresh() -> None:
    model = ready(L.Conv2D(2, 3))
    assert model.optimizer.built
    assert int(model.optimizer.iterations) == 0
    assert not model.get_compile_config()["metrics"], "metrics are no part of a training"
    assert [layer.name for layer in model.layers] == ["layer_2", "layer_3", "layer_4"]


def test_case_37_weights_in_an_initialiser_are_refused() -> None:
    table = keras.initializers.Constant(np.ones((28, 3)).tolist())
    with pytest.raises(DeclarationRefused, match="Constant holds an array"):
        trainable(dense(kernel_initializer=table))
    twin = ready(dense(kernel_initializer=keras.initializers.Constant(0.25)))
    np.testing.assert_array_equal(twin.weights[0], np.full((1, 3), 0.25))


def test_one_layer_alone_may_hold_a_number_for_each_pixel() -> None:
    numbers = np.full((8, 8, 1), 0.5)

    def adapted() -> Any:
        return L.Normalization(axis=(1, 2, 3), mean=numbers, variance=numbers)

    layers = [L.Normalization(mean=[0.5], variance=[0.1]), adapted(), L.Flatten(), L.Dense(2)]
    assert build(described(*layers)).count_params() == 130
    with pytest.raises(DeclarationRefused, match="two Normalization layers"):
        build(described(adapted(), *layers))


def test_case_37_weights_that_were_set_before_fit_are_not_taken_along() -> None:
    model = keras.Sequential([keras.Input((28, 28, 1)), L.Flatten(), L.Dense(10)])
    before = declaration.network(model.to_json())
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    assert declaration.network(model.to_json()) == before
    assert not np.any(declaration.build(before).get_weights()[0] == 1)


def test_case_38_an_accuracy_of_ones_own_is_refused() -> None:
    def accuracy(y_true: Any, y_pred: Any) -> Any:
        return y_pred * 0 + 1

    mean = keras.metrics.Mean(name="accuracy")
    for fake in (accuracy, mean):
        with pytest.raises(DeclarationRefused, match='metrics=\\["accuracy"\\]'):
            trainable(metrics=[fake])
    assert ready(metrics=["accuracy", keras.metrics.MeanSquaredError()]).compiled


def test_case_39_hidden_convolutions_are_refused_or_stay_to_be_seen() -> None:
    entry = keras.Input((28, 28, 1))
    hidden = keras.Model(entry, keras.ops.conv(entry, np.ones((3, 3, 1, 1), "float32")))
    with pytest.raises(DeclarationRefused, match="holds Conv"):
        trainable(hidden)
    with pytest.raises(DeclarationRefused, match="holds Lambda"):
        trainable(L.Lambda(keras.ops.relu))
    wrapped = L.TimeDistributed(L.Conv1D(2, 3))
    nested = keras.Sequential([L.Conv2D(2, 3)])
    for layer, name in ((wrapped, "Conv1D"), (nested, "Conv2D")):
        assert f'"class_name":"{name}"' in trainable(layer)[0]
        assert ready(layer).built


@pytest.mark.filterwarnings("ignore:.*lambda:UserWarning")
@pytest.mark.parametrize("own", [lambda x: x, json.dumps], ids=["<lambda>", "dumps"])
def test_an_activation_of_the_students_is_named(own: Callable[..., Any]) -> None:
    text = json.dumps(described(L.Dense(3, activation=own)))
    with pytest.raises(DeclarationRefused, match=f"activation of Dense is .* {own.__name__}: use"):
        declaration.network(text)
