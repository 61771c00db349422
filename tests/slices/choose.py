"""Choose the slices: ``python tests/slices/choose.py DATA_FOLDER`` writes the index files anew.

The choice is deterministic on one machine; another machine's arithmetic may move a few images.
It takes a few minutes: a small network trained on the whole data tells which images are easy.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from grader.datasets import load

FIRST = 100  # the notebooks speak of the first test images: they come first, in order
TRAIN = {"mnist": 2400, "fashion_mnist": 3000}
TEST = 1000
SEEDS = (1, 2, 3, 4, 5)
SURE = 0.8  # every network gives a chosen test image's own label more than this probability

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Indices = NDArray[np.int64]


def network(convolutions: int, filters: int, dense: int) -> keras.Model:
    """Compile a network for 28x28 grey images and ten classes."""
    layers: list[keras.Layer] = [keras.Input((28, 28, 1)), keras.layers.Rescaling(1 / 255)]
    for _ in range(convolutions):
        layers.append(keras.layers.Conv2D(filters, 3, activation="relu"))
        layers.append(keras.layers.MaxPooling2D(2))
    layers.append(keras.layers.Flatten())
    layers.append(keras.layers.Dense(dense, activation="relu"))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def chances(model: keras.Model, images: Images, labels: Labels) -> NDArray[np.float32]:
    """Return the probability that a network gives to each image's own label."""
    given = model.predict(images[..., np.newaxis], batch_size=500, verbose=0)
    return given[np.arange(len(labels)), labels]


def trained(images: Images, labels: Labels, seed: int, epochs: int, **shape: int) -> keras.Model:
    """Train a network from one seed."""
    keras.utils.set_random_seed(seed)
    model = network(**shape)
    model.fit(images[..., np.newaxis], labels, epochs=epochs, verbose=0)
    return model


def balanced(candidates: Indices, labels: Labels, count: int, seed: int = 0) -> Indices:
    """Draw the same number of each class among the candidates."""
    draw = np.random.default_rng(seed)
    chosen = [
        draw.choice(candidates[labels[candidates] == label], count // 10, replace=False)
        for label in range(10)
    ]
    return draw.permutation(np.concatenate(chosen))


def easier_half(chance: NDArray[np.float32], labels: Labels) -> Indices:
    """Return the half of each class that a network recognises best."""
    middle = np.array([np.median(chance[labels == label]) for label in range(10)])
    return np.flatnonzero(chance >= middle[labels])


def choose(folder: Path, name: str) -> dict[str, list[int]]:
    """Easy training images, and test images that tell the course's networks apart."""
    (images, labels), (test_images, test_labels) = load(folder, name)
    guide = trained(images, labels, seed=0, epochs=2, convolutions=1, filters=16, dense=64)
    train = balanced(easier_half(chances(guide, images, labels), labels), labels, TRAIN[name])
    part = images[train], labels[train]

    depth, filters, dense, epochs = (1, 16, 64, 12) if name == "mnist" else (2, 64, 128, 5)
    right = np.ones(len(test_labels), bool)
    for seed in SEEDS:
        model = trained(*part, seed, epochs, convolutions=depth, filters=filters, dense=dense)
        right &= chances(model, test_images, test_labels) > SURE
    candidates = np.flatnonzero(right)
    candidates = candidates[candidates >= FIRST]
    rest = TEST - FIRST
    if name == "mnist":
        return indices(train, balanced(candidates, test_labels, rest))
    # Half of the rest: clothes that a dense network, trained on the same images, mistakes.
    wrong = np.zeros(len(test_labels))
    for seed in SEEDS:
        model = trained(*part, seed, epochs, convolutions=0, filters=0, dense=dense)
        wrong += 1 - chances(model, test_images, test_labels)
    hardest = candidates[np.argsort(-wrong[candidates], kind="stable")][: rest // 2]
    others = np.setdiff1d(candidates, hardest)
    return indices(train, hardest, balanced(others, test_labels, rest - rest // 2))


def indices(train: Indices, *test: Indices) -> dict[str, list[int]]:
    """Put together the index file's content."""
    return {
        "train": train.tolist(),
        "test": [*range(FIRST), *(int(i) for part in test for i in part)],
    }


if __name__ == "__main__":
    keras.config.disable_interactive_logging()
    for dataset in ("mnist", "fashion_mnist"):
        text = json.dumps(choose(Path(sys.argv[1]), dataset))
        (Path(__file__).parent / f"{dataset}.json").write_text(text + "\n", encoding="utf-8")
