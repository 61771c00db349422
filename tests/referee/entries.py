"""Made-up trainings for the store: real recipes and small arrays, no training."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.referee.spec.contract import Epoch
from grader.referee.spec.images import Images
from grader.referee.spec.recipe import Fit, Recipe
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store.epoch_store import Store

ENVIRONMENT = {"keras": "3.15", "backend": "tensorflow", "device": "CPU"}
IMAGES = Images("mnist", "train", 0, 60000, 255.0, 0.0, (28, 28, 1), False, "0" * 64)
COMPILED = json.dumps({"optimizer": {"class_name": "Adam", "config": {}}})


def network(units: int = 256) -> str:
    """A declaration with the settings that matter here."""
    layers = [
        ("InputLayer", {"batch_shape": [None, 28, 28, 1]}),
        ("Conv2D", {"filters": 64, "kernel_size": [3, 3]}),
        ("MaxPooling2D", {"pool_size": [2, 2]}),
        ("Flatten", {}),
        ("Dropout", {"rate": 0.25}),
        ("Dense", {"units": units}),
        ("Dense", {"units": 10}),
    ]
    described = [{"class_name": name, "config": config} for name, config in layers]
    return json.dumps({"class_name": "Sequential", "config": {"layers": described}})


def recipe(epochs: int, units: int = 256, rates: Sequence[float | None] = ()) -> Recipe:
    """A recipe of one fit; ``rates`` are those of its last epochs, None before."""
    learning_rates = (*[None] * (epochs - len(rates)), *rates)
    fit = Fit(COMPILED, IMAGES, 0.0, 32, True, True, tuple(learning_rates))
    return Recipe(network(units), (fit,))


def key(asked: Recipe) -> str:
    """Its key in the environment of these tests."""
    return asked.key(ENVIRONMENT)


def weights(asked: Recipe, count: int = 8) -> tuple[NDArray[Any], ...]:
    """Arrays of one layer, another for each recipe, the same each time."""
    rng = np.random.default_rng(int(key(asked)[:8], 16))
    return rng.normal(size=(count, 2)).astype(np.float32), rng.normal(size=2).astype(np.float32)


def state(asked: Recipe, count: int = 8) -> tuple[NDArray[Any], ...]:
    """What a trainer would go on from: weights, two moments of each, and counters."""
    counters = np.int64(asked.epochs), np.array([1, 2**32 - 1], np.uint32)
    return (*weights(asked, count) * 3, *map(np.asarray, counters))


def epoch(asked: Recipe, logs: dict[str, float] | None = None, count: int = 8) -> Epoch:
    """What came of the last epoch, as a trainer would give it."""
    logs = logs or {"accuracy": 1 - 0.05 / asked.epochs, "loss": 0.3 / asked.epochs}
    return Epoch(key(asked), logs, 20.0 + asked.epochs, "2 CPU cores", True, weights(asked, count))


def put(store: Store, asked: Recipe, count: int = 8) -> str:
    """Keep the last epoch of a recipe; returns its key."""
    before = asked.before()
    parent = key(before) if before else None
    made = epoch(asked, count=count)
    store.put(TrainedEpoch(asked, made, parent, state(asked, count), ENVIRONMENT))
    return key(asked)


def put_all(store: Store, asked: Recipe, who: str = "ada", count: int = 8) -> list[str]:
    """Keep every epoch of a recipe, used by ``who``; returns their keys."""
    keys = []
    for number in range(1, asked.epochs + 1):
        keys.append(put(store, asked.upto(number), count))
        store.used(keys[-1], who)
    return keys


def same(arrays: object, expected: object) -> bool:
    """Whether two tuples of arrays are the same bit for bit."""
    if not isinstance(arrays, tuple) or not isinstance(expected, tuple):
        return False
    return len(arrays) == len(expected) and all(
        (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
        for a, b in zip(arrays, expected, strict=True)
    )
