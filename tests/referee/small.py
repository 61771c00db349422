"""Small networks, and recipes of their trainings on a few hundred real images."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.margins import train
from grader import datasets
from grader.referee.spec import declaration
from grader.referee.spec.images import Images, digest
from grader.referee.spec.recipe import Fit, Recipe
from tests.slices import write_slices

ROOT = Path(__file__).parents[2]


def write_data(folder: Path) -> Path:
    """Put slices of the course's data into ``folder``."""
    write_slices(ROOT / "data", folder)
    return folder


@functools.cache
def digest_of(folder: Path, dataset: str) -> str:
    return digest(datasets.load(folder, dataset))


def network(*, dropout: float = 0.3, units: int = 10) -> Any:
    """A few hundred weights with dropout, not compiled."""
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(units, activation="softmax"),
        ]
    )


def compile_config(model: Any, **how: Any) -> str:
    """What ``model.compile`` makes of ``how``, as the student's side would send it."""
    given = {
        "optimizer": "adam",
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    }
    model.compile(**given | how)
    return train.compile_config(model)


def images(folder: Path, count: int = 300, **changes: Any) -> Images:
    """The first rows of MNIST, from 0 to 1."""
    made = Images(
        dataset="mnist",
        part="train",
        first=0,
        count=count,
        divisor=255.0,
        offset=0.0,
        shape=(28, 28, 1),
        one_hot=False,
        digest=digest_of(folder, "mnist"),
    )
    return replace(made, **changes)


def recipe(
    folder: Path,
    epochs: int = 1,
    model: Any = None,
    how: dict[str, Any] | None = None,
    seed: int = 0,
    **changes: Any,
) -> Recipe:
    """One fit of ``epochs`` epochs; ``changes`` are fields of the fit."""
    model = model or network()
    spelt = declaration.network(model.to_json())
    given = Fit(
        compiled=declaration.compiled(compile_config(model, **how or {}), spelt),
        images=images(folder),
        validation_split=0.0,
        batch_size=32,
        shuffle=True,
        fresh_optimizer=True,
        learning_rates=(None,) * epochs,
    )
    return Recipe(spelt, (replace(given, **changes),), seed)


def then(before: Recipe, epochs: int = 1, **changes: Any) -> Recipe:
    """The same with one fit more, which is like the last but for ``changes``."""
    rates: Sequence[float | None] = (None,) * epochs
    fit = replace(
        before.fits[-1], **{"fresh_optimizer": False, "learning_rates": tuple(rates)} | changes
    )
    return replace(before, fits=(*before.fits, fit))
