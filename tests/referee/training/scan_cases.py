"""Trains small networks on JAX, by ScanLoop and by Keras' fit, and prints both as JSON.

Arguments: the names of the cases.

Run by ``test_scan_loop`` in a process of its own: Keras has one backend a process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from grader.errors import RefereeError
from grader.referee.training.scan_loop import ScanLoop

L, O = keras.layers, keras.optimizers  # noqa: E741 -- as Keras' own examples abbreviate them
BATCH = 16
COUNT = 40  # two whole batches and a half one, whose step JAX compiles once more
WHOLE = 2 * BATCH

_random = np.random.default_rng(0)
IMAGES = _random.random((COUNT, 6, 6, 1), dtype=np.float32)
LABELS = _random.integers(0, 4, COUNT)


@dataclass(frozen=True)
class Case:
    """A network's hidden layers (or the whole of it), and how it is trained."""

    layers: Callable[[], list[Any]]
    optimizer: Callable[[], Any] = O.Adam
    count: int = COUNT
    one_hot: bool = False
    rate: float | None = 0.003  # set before the second epoch
    epochs: int = 2
    model: Callable[[], Any] | None = None


def dense() -> list[Any]:
    return [L.Flatten(), L.Dense(5, activation="relu")]


def nested() -> Any:
    entry = keras.Input((6, 6, 1))
    # No bias before a normalisation: its gradient is rounding alone, which Adamax blows up.
    convolution = L.Conv2D(2, 3, use_bias=False)
    inner = keras.Sequential([keras.Input((6, 6, 1)), convolution, L.BatchNormalization()])
    found = L.Add()([L.Flatten()(inner(entry)), L.Dense(32)(L.Flatten()(entry))])
    return keras.Model(entry, L.Dense(4, activation="softmax")(L.Dropout(0.3)(found)))


# Each behaviour with an optimizer of its own: compiling is what takes the time.
CASES = {
    "convolution": Case(lambda: [L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(2), *dense()]),
    "batch normalisation": Case(
        lambda: [*dense(), L.BatchNormalization()], lambda: O.SGD(0.1, 0.9)
    ),
    "dropout": Case(lambda: [*dense(), L.Dropout(0.5), L.GaussianNoise(0.1)], O.RMSprop),
    "regularised": Case(
        lambda: [L.Flatten(), L.Dense(5, kernel_regularizer="l2"), L.ActivityRegularization(0.01)],
        O.Nadam,
        WHOLE,
    ),
    "schedule": Case(
        dense, lambda: O.Adam(O.schedules.ExponentialDecay(0.01, 2, 0.5)), WHOLE, rate=None
    ),
    "one_hot": Case(dense, O.Adafactor, WHOLE, one_hot=True),
    "accumulated": Case(dense, lambda: O.Adam(gradient_accumulation_steps=2, clipnorm=1.0), WHOLE),
    "less_than_a_batch": Case(dense, lambda: O.LossScaleOptimizer(O.Adam()), count=5, rate=None),
    "nested": Case(list, O.Adamax, model=nested),
    # Keras' own fit fails in its second call on JAX: it donates a buffer twice.
    "moving_average": Case(dense, lambda: O.Adam(use_ema=True), WHOLE, rate=None, epochs=1),
}


def network(case: Case) -> Any:
    """Compiled, the same weights and seeds each time."""
    keras.utils.set_random_seed(7)
    if case.model:
        model = case.model()
    else:
        model = keras.Sequential([*case.layers(), L.Dense(4, activation="softmax")])  # not built
    kind = "" if case.one_hot else "sparse_"
    model.compile(case.optimizer(), f"{kind}categorical_crossentropy", metrics=["accuracy"])
    return model


def state(model: Any) -> list[Any]:
    """Copies of all that a step may change."""
    groups = (model.variables, model.optimizer.variables, model.metrics_variables)
    return [np.array(variable.value) for group in groups for variable in group]


def compare(case: Case) -> dict[str, Any]:
    """Both loops, the same orders; after each epoch the logs and the largest difference."""
    labels = keras.utils.to_categorical(LABELS, 4).astype("float32") if case.one_hot else LABELS
    fitted, scanned = network(case), network(case)
    loop = ScanLoop(scanned, IMAGES, labels, BATCH)
    found: dict[str, Any] = {"fit": [], "scan": [], "difference": [], "moved": []}
    for epoch in range(case.epochs):
        order = np.random.default_rng(epoch).permutation(COUNT)[: case.count]
        if epoch and case.rate:
            fitted.optimizer.learning_rate = scanned.optimizer.learning_rate = case.rate
        before = scanned.get_weights()
        fit = fitted.fit(IMAGES[order], labels[order], BATCH, shuffle=False, verbose=0).history
        found["fit"].append([[name, values[0]] for name, values in fit.items()])
        found["scan"].append([[name, value] for name, value in loop.epoch(order).items()])
        found["difference"].append(difference(state(fitted), state(scanned)))
        found["moved"].append(difference(before, scanned.get_weights()))
    return found


def difference(arrays: list[Any], others: list[Any]) -> float:
    """The largest, relative to each variable's size."""
    return max(
        float(np.max(np.abs(a - b.astype(np.float64)) / (1e-3 + np.max(np.abs(a)))))
        for a, b in zip(arrays, others, strict=True)
        if a.size
    )


def goes_on_from_saved_state() -> dict[str, Any]:
    """An epoch, and the same once more after its variables were put back."""
    model = network(CASES["dropout"])
    loop = ScanLoop(model, IMAGES, LABELS, BATCH)
    order = np.arange(COUNT)
    loop.epoch(order)
    variables = [*model.variables, *model.optimizer.variables]
    saved = [variable.value for variable in variables]
    first, after_first = loop.epoch(order), state(model)
    for variable, value in zip(variables, saved, strict=True):
        variable.assign(value)
    again = loop.epoch(order)
    same = difference(after_first, state(model)) == 0
    return {"first": first, "again": again, "same": same}


def compiles_once() -> bool:
    model = network(CASES["one_hot"])
    loop = ScanLoop(model, IMAGES, LABELS[:, None] == np.arange(4), BATCH)
    program = loop.compile(COUNT)
    for rate in (0.1, 0.01):
        model.optimizer.learning_rate = rate
        loop.epoch(np.arange(COUNT))
    return loop.compile(COUNT) is program


class Untraceable(L.Layer):
    """Asks for a number where there is only a plan, but not when the model is built."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The inputs, times their first number while training."""
        return inputs * float(inputs[0, 0]) if training else inputs


class OwnStep(keras.Sequential):
    """Might log what it likes."""

    def train_step(self, state: Any, data: Any) -> Any:
        """Keras' own, but who knows."""
        return super().train_step(state, data)


def refusal(act: Callable[[], Any]) -> str:
    """The kind of error that ``act`` ends in, and its message."""
    try:
        act()
    except (RefereeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "accepted"


def refusals() -> dict[str, str]:
    good = network(CASES["dropout"])
    loop = ScanLoop(good, IMAGES, LABELS, BATCH)
    untraceable = network(Case(lambda: [L.Flatten(), Untraceable()]))
    own = OwnStep([L.Flatten(), L.Dense(4, activation="softmax")])
    own.compile("sgd", "sparse_categorical_crossentropy")

    def started(model: Any, images: Any = IMAGES, batch: int = BATCH) -> Callable[[], Any]:
        return lambda: ScanLoop(model, images, LABELS, batch)

    def over(rows: list[int]) -> Callable[[], Any]:
        return lambda: loop.epoch(np.array(rows, dtype=np.intp))

    return {
        "untraceable": refusal(
            lambda: ScanLoop(untraceable, IMAGES, LABELS, BATCH).epoch(np.arange(COUNT))
        ),
        "own_step": refusal(started(own)),
        "not_compiled": refusal(started(keras.Sequential([L.Flatten(), L.Dense(4)]))),
        "fewer_images": refusal(started(good, IMAGES[1:])),
        "no_batch": refusal(started(good, batch=0)),
        "row_beyond": refusal(over([0, COUNT])),
        "row_before": refusal(over([-1, 0])),
        "no_row": refusal(over([])),
    }


if __name__ == "__main__":
    found = {
        "compared": {name: compare(CASES[name]) for name in sys.argv[1:]},
        "restored": goes_on_from_saved_state(),
        "compiled_once": compiles_once(),
        "refusals": refusals(),
    }
    json.dump(found, sys.stdout)
