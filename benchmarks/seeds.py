"""How far training accuracies of one network lie apart: ``python -m benchmarks.seeds``.

For each network of ``mnist_998``'s kind it trains as many epochs as the exercise allows, with
several seeds, and writes the curves as JSON. ``grader.checks.further_seeds`` takes its margins from
them, and its tests go through them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EPOCHS = 19  # fewer than 20, as the exercise says
NETWORKS = ((4, 16), (8, 32), (8, 64), (16, 48))  # filters, units


def main() -> None:
    """Train, and write a line of JSON for each network and seed as it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--images", type=int, default=60_000)
    options = parser.parse_args()
    for curve in curves(options.data, options.seeds, options.batch_size, options.images):
        json.dump(curve, sys.stdout)
        print(flush=True)


def curves(data: Path, seeds: int, batch_size: int, count: int) -> Iterator[dict[str, Any]]:
    """For each seed and network: how it was trained, and its accuracy after each epoch."""
    from grader import datasets

    (images, labels), _ = datasets.load(data, "mnist")
    scaled = (images[:count, ..., None] / 255).astype("float32")
    for seed in range(seeds):
        for filters, units in NETWORKS:
            model = _network(filters, units, seed)
            history = model.fit(scaled, labels[:count], batch_size, EPOCHS, verbose=0).history
            yield {
                "filters": filters,
                "units": units,
                "seed": seed,
                "batch_size": batch_size,
                "images": count,
                "accuracies": [round(float(value), 6) for value in history["accuracy"]],
            }


def _network(filters: int, units: int, seed: int) -> Any:
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    main()
