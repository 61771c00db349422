"""One call of ``fit`` as a student may write it: its key, and what it trains as it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from msgspec.structs import replace

from grader.examiner.training import fit_declaration
from grader.model import Budget
from grader.referee.spec import allow_list
from grader.referee.spec.recipe import Recipe
from grader.referee.training import fused_adam
from grader.sandbox.guest.fit import declaration as guest
from grader.sandbox.guest.fit.class_numbers import ClassNumbers

ROWS = 64  # images of an epoch: two steps
L = keras.layers
Data = tuple[Any, Any]


def layers(activation: Any = "relu", last: Any = "softmax") -> list[Any]:
    """The layers of the base, which has all that the course's networks have."""
    return [
        L.Conv2D(2, 3, activation=activation),
        L.MaxPooling2D(2),
        L.Flatten(),
        L.Dense(8, activation=activation),
        L.Dense(10, activation=last),
    ]


def sequential(*inner: Any) -> Any:
    return keras.Sequential([keras.Input((28, 28, 1)), *(inner or layers())])


def plain(raw: Any, labels: Any) -> Data:
    return (raw[:ROWS, ..., np.newaxis] / 255).astype("float32"), labels[:ROWS]


@dataclass(frozen=True, eq=False)
class Spelling:
    """A call of ``fit``.

    Attributes:
        network: builds the model.
        compiled: arguments of ``compile``, beside adam, the usual loss and the accuracy.
        data: the arguments x and y, of raw images and labels.
        fit: the other arguments of ``fit``; values that are functions are given raw and labels.
        rate: the learning rate that a callback sets before the epoch, or None.
        seed: the referee's.
    """

    network: Callable[[], Any] = sequential
    compiled: Callable[[], dict[str, Any]] = dict
    data: Callable[[Any, Any], Data] = plain
    fit: dict[str, Any] = field(default_factory=dict)
    rate: float | None = None
    seed: int = 0

    def recipe(self, raw: Any, labels: Any, digest: str) -> Recipe:
        """What the judge makes of it: declared in a kernel, read and checked by the examiner."""
        model = self._compiled(self.network())
        declared, _ = guest.declare(model, self._arguments(raw, labels), None, ClassNumbers())
        message = {"fit": "begin"} | json.loads(json.dumps(declared))
        read = fit_declaration.read(message, Budget(), {"mnist": digest})
        fit = replace(read.fit, fresh_optimizer=True, learning_rates=(self.rate,))
        return Recipe(read.network, (fit,), self.seed)

    def trained(self, raw: Any, labels: Any, eagerly: bool = False) -> list[bytes]:
        """The weights after an epoch of Keras' own fit, as written but for seeds and the order."""
        made = self._compiled(self.network())
        arguments = self._arguments(raw, labels)
        if not made.built:
            guest._build(made, arguments["x"], arguments["y"])
        keras.utils.set_random_seed(self.seed)
        model = keras.models.model_from_json(_without_seeds(made.to_json()))
        how = {"run_eagerly": eagerly, "jit_compile": False}
        model.compile(**_compile_arguments(made) | how)
        model.optimizer.build(model.trainable_variables)
        fused_adam.install(model.optimizer)  # as the referee does on this device
        if self.rate is not None:
            model.optimizer.learning_rate = self.rate
        self._fit(model, arguments)
        return [np.asarray(weight).tobytes() for weight in model.weights]

    def _fit(self, model: Any, arguments: dict[str, Any]) -> None:
        x, y = np.asarray(arguments.pop("x")), np.asarray(arguments.pop("y"))
        split = arguments.pop("validation_split") if not arguments["validation_data"] else 0.0
        kept = int(len(x) * (1 - split))
        if kept < len(x):
            arguments["validation_data"] = x[kept:], y[kept:]
        order = np.arange(kept)
        if arguments.pop("shuffle"):
            order = np.random.default_rng([self.seed, 0]).permutation(order)
        arguments |= {"shuffle": False, "epochs": 1, "verbose": 0}
        if not model.run_eagerly:
            model.fit(x[order], y[order], **{k: v for k, v in arguments.items() if k in _GIVEN})
            return
        size = arguments["batch_size"] or 32
        model._symbolic_build(data_batch=(x[:1], y[:1]))
        for first in range(0, kept, size):
            rows = order[first : first + size]
            model.train_step((tf.constant(x[rows], tf.float32), tf.constant(y[rows])))

    def _compiled(self, model: Any) -> Any:
        usual = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
        model.compile(**{"optimizer": "adam"} | usual | self.compiled())
        return model

    def _arguments(self, raw: Any, labels: Any) -> dict[str, Any]:
        x, y = self.data(raw, labels)
        given = {k: v(raw, labels) if callable(v) else v for k, v in self.fit.items()}
        return _DEFAULTS | {"x": x, "y": y} | given


_GIVEN = ("batch_size", "epochs", "verbose", "validation_data", "shuffle", "class_weight")
_DEFAULTS: dict[str, Any] = {
    "batch_size": None,
    "epochs": 1,
    "callbacks": None,
    "validation_split": 0.0,
    "validation_data": None,
    "validation_batch_size": None,
    "validation_steps": None,
    "shuffle": True,
    "steps_per_epoch": None,
}


def _compile_arguments(model: Any) -> dict[str, Any]:
    described = json.loads(json.dumps(model.get_compile_config()))
    given = keras.saving.deserialize_keras_object(described)
    return {k: v for k, v in given.items() if v is not None}


def _without_seeds(text: str) -> str:
    """The description of a model without the seeds that its author chose."""
    described = allow_list.parsed(text)  # functions of TensorFlow by Keras' names

    described.pop("compile_config", None)
    return json.dumps(_seedless(described))


def _seedless(part: Any) -> Any:
    if isinstance(part, list):
        return [_seedless(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    return {name: None if name == "seed" else _seedless(value) for name, value in part.items()}
