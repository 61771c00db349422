"""Which networks are one chain of layers; ``test_shared_trainings`` trains them."""

from __future__ import annotations

import json
from typing import Any

import keras
import pytest

from grader.referee.spec import compilation, declaration

pytestmark = pytest.mark.keras

L = keras.layers


def kinds(model: Any) -> list[str]:
    """The layers of the one form, in order; it stays as it is."""
    text = declaration.network(model.to_json())
    assert declaration.network(text) == text
    layers = json.loads(text)["config"]["layers"]
    return [layer["class_name"] for layer in layers if layer["class_name"] != "InputLayer"]


def chain(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def inner(shape: tuple[int, ...], *layers: Any) -> Any:
    entry = out = keras.Input(shape)
    for layer in layers:
        out = layer(out)
    return keras.Model(entry, out)


def test_a_nested_chain_is_a_part_of_the_chain() -> None:
    model = chain(inner((28, 28, 1), L.MaxPooling2D(), L.Flatten()), L.Dense(10))
    assert kinds(model) == ["MaxPooling2D", "Flatten", "Dense"]


def test_a_nested_model_that_keras_gives_another_shape_stays_nested() -> None:
    """Its first layer would normalise over another axis."""
    squeezed = chain(inner((28, 28), L.UnitNormalization()), L.Flatten(), L.Dense(10))
    assert kinds(squeezed) == ["Functional", "Flatten", "Dense"]
    assert kinds(chain(L.UnitNormalization(), L.Flatten(), L.Dense(10))) == [
        *("UnitNormalization", "Flatten", "Dense")
    ]


def test_branches_stay() -> None:
    entry = keras.Input((28, 28, 1))
    flat = L.Flatten()(entry)
    both = L.Add()([L.Dense(10)(flat), L.Dense(10)(flat)])
    assert kinds(keras.Model(entry, both)) == ["Flatten", "Dense", "Dense", "Add"]
    nested = chain(L.Flatten(), inner((784,), L.Dense(10)), branch(), L.Activation("softmax"))
    assert kinds(nested) == ["Flatten", "Dense", "Functional", "Activation"]


def branch() -> Any:
    entry = keras.Input((10,))
    return keras.Model(entry, L.Add()([entry, L.Dense(10)(entry)]))


def test_a_layer_that_is_applied_twice_is_no_chain() -> None:
    entry, dense = keras.Input((10,)), L.Dense(10)
    text = declaration.network(keras.Model(entry, dense(dense(entry))).to_json())
    assert json.loads(text)["class_name"] == "Functional"


def test_a_model_that_does_not_learn_stays_a_model() -> None:
    still = inner((28, 28, 1), L.Flatten(), L.Dense(8))
    still.trainable = False
    assert kinds(chain(still, L.Dense(10))) == ["Functional", "Dense"]


@pytest.mark.parametrize(
    "layers",
    [
        (L.Dense(10, activity_regularizer="l2"), L.Activation("relu")),
        (L.Dense(10, activation="tanh"), L.Activation("relu")),
        (L.Dense(10), L.ReLU(max_value=6)),
        (L.Dense(10), L.Softmax(axis=1)),
        (L.Dense(10), L.Activation("relu", dtype="float16")),
        (L.BatchNormalization(), L.Activation("relu")),
        (L.Dense(10), L.Dropout(0.1)),
    ],
    ids=range(7),
)
def test_what_is_more_than_an_activation_stays_a_layer(layers: tuple[Any, ...]) -> None:
    assert kinds(chain(*layers, shape=(28, 28))) == [type(layer).__name__ for layer in layers]


def test_a_network_of_nothing_stays_as_it_is() -> None:
    assert kinds(chain(L.Identity())) == ["Identity"]


def test_each_name_of_a_loss_has_its_class() -> None:
    assert compilation._LOSS_CLASSES.keys() == compilation.LOSS_NAMES
    for name in compilation.LOSS_NAMES:
        (kind,) = {compilation._LOSS_CLASSES[name]}
        function = keras.losses.get(name)
        assert getattr(function, "__name__", "") in (kind, *_names_of(kind)) or isinstance(
            function, getattr(keras.losses, kind)
        )


def _names_of(kind: str) -> list[str]:
    return [name for name, of in compilation._LOSS_CLASSES.items() if of == kind]
