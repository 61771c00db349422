"""Networks as a student's kernel describes them, for tests."""

from __future__ import annotations

import json
from typing import Any

import keras

from grader.model import Budget
from grader.referee.spec import declaration

L = keras.layers
Described = dict[str, Any]


def described(*layers: Any, shape: tuple[int, ...] = (8, 8, 1)) -> Described:
    """The description of a Sequential model, to be tampered with."""
    return json.loads(keras.Sequential([keras.Input(shape), *layers]).to_json())


def build(found: Described) -> Any:
    """The network that a description makes."""
    return declaration.build(json.dumps(found))


def obj(name: Any, module: Any = "keras.layers", config: Any = None, **more: Any) -> Described:
    """The description of one object, as Keras writes it."""
    made = {"module": module, "class_name": name, "config": config if config is not None else {}}
    return made | {"registered_name": None} | more


def trainable(*layers: Any, **how: Any) -> tuple[str, str]:
    """What the referee is told of a network that ends in ten classes."""
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers, L.Flatten(), L.Dense(10)])
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["accuracy"]} | how)
    network = declaration.network(model.to_json(), Budget())
    return network, declaration.compiled(json.dumps(model.get_compile_config()), network)


def ready(*layers: Any, **how: Any) -> Any:
    """The network of ``trainable`` as the referee builds it."""
    return declaration.build_compiled(*trainable(*layers, **how), Budget())


def dense(**how: Any) -> Any:
    """A small layer with other settings."""
    return L.Dense(3, **how)
