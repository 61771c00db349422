"""What the store of runs takes: bytes and seconds an epoch, for the networks of the exercises.

Run in the course's folder: ``python -m benchmarks.store``. Nothing is trained: a network that was
only built has arrays of the same sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from grader.referee.spec.contract import Epoch
from grader.referee.spec.images import Images
from grader.referee.spec.recipe import Fit, Recipe
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store.epoch_store import Store, size

EPOCHS = 8


def networks() -> dict[str, Any]:
    """The exercises' own networks, built and compiled with Adam."""
    from keras import Input, Sequential, layers

    def pair() -> list[Any]:
        return [layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)]

    def network(*middle: Any, units: int = 128) -> Any:
        end = [layers.Flatten(), layers.Dense(units), layers.Dense(10)]
        model = Sequential([Input((28, 28, 1)), *middle, *end])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.optimizer.build(model.trainable_variables)
        return model

    return {
        "mnist_998": network(*pair(), units=256),
        "cnn_exploration, convolutional": network(*pair(), *pair()),
        "cnn_exploration, dense": network(),
    }


def measure(name: str, model: Any, folder: Path) -> str:
    """A line of a table: what a run of ``EPOCHS`` epochs of one network takes."""
    weights = tuple(variable.numpy() for variable in model.weights)
    state = [*weights, *(variable.numpy() for variable in model.optimizer.variables)]
    images = Images("mnist", "train", 0, 60000, 255.0, 0.0, (28, 28, 1), False, "0" * 64)
    fit = Fit("{}", images, 0.0, 32, True, True, (None,) * EPOCHS)
    recipe, store, parent = Recipe(json.dumps(model.to_json()), (fit,)), Store(folder), None
    began = time.perf_counter()
    for number in range(1, EPOCHS + 1):
        key = recipe.upto(number).key({})
        epoch = Epoch(key, {"loss": 0.0, "accuracy": 1.0}, 0.0, "none", True, weights)
        store.put(TrainedEpoch(recipe.upto(number), epoch, parent, state))
        parent = key
    put = (time.perf_counter() - began) / EPOCHS
    began = time.perf_counter()
    sizes = [size(store.place(key)) for key in store.entries() if store.epoch(key)]
    got = (time.perf_counter() - began) / EPOCHS
    return (
        f"| {name} | {model.count_params():,} | {min(sizes) / 1e6:.1f} MB | "
        f"{max(sizes) / 1e6:.1f} MB | {sum(sizes) / 1e6:.0f} MB | {put:.2f} s | {got:.3f} s |"
    )


def main() -> None:
    """Print the table of docs/runs.md."""
    argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__).parse_args()
    print(f"| network | weights | an epoch | the last | {EPOCHS} epochs | to keep | to find |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, model in networks().items():
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            print(measure(name, model, Path(folder)))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
