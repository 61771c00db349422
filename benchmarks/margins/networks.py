"""The networks whose trainings are measured, as data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

IMAGES = 60_000
SEEDS = 20  # of each of MARGINS
BACKENDS = ("tensorflow", "jax", "torch")
_SIDE, _CLASSES = 28, 10


@dataclass(frozen=True)
class Network:
    """A network of the exercises' kind, and how it is trained.

    Attributes:
        dataset: ``mnist`` or ``fashion_mnist``.
        convolutions: how many pairs of Conv2D and MaxPooling2D come first.
        filters, kernel, padding, pool: of each pair.
        dense: units of the hidden Dense layers.
        dropout: the rate of a Dropout behind Flatten; 0.0: none.
        activation: of all layers but the last.
        optimizer: by Keras' name; ``sgd`` has a momentum of 0.9.
        rate: learning rate; 0.0: the optimizer's own.
        batch: images a step.
    """

    dataset: str = "mnist"
    convolutions: int = 1
    filters: int = 64
    kernel: int = 3
    padding: str = "valid"
    pool: int = 2
    dense: tuple[int, ...] = (256,)
    dropout: float = 0.0
    activation: str = "relu"
    optimizer: str = "adam"
    rate: float = 0.0
    batch: int = 32

    @property
    def name(self) -> str:
        """What sets it apart, in words; results are kept by it."""
        pairs = f"{self.convolutions} x " if self.convolutions > 1 else ""
        parts = [f"{pairs}{self.filters} filters {self.kernel}x{self.kernel}"]
        parts = parts if self.convolutions else []
        parts += [f"padding {self.padding}"] * (self.padding != "valid")
        parts += [f"pool {self.pool}"] * (self.pool != 2)
        parts += [f"dropout {self.dropout:g}"] * bool(self.dropout)
        parts += [
            f"Dense {' and '.join(map(str, self.dense))}" if self.dense else "no hidden Dense"
        ]
        parts += [self.activation] * (self.activation != "relu")
        rate = f" {self.rate:g}" if self.rate else ""
        return ", ".join([*parts, f"{self.optimizer}{rate}", f"batch {self.batch}"])

    @property
    def work(self) -> int:
        """About how many multiplications an epoch takes, to begin with what is cheap."""
        side, channels, places, weights = _SIDE, 1, 0, 0
        for _ in range(self.convolutions):
            side -= self.kernel - 1 if self.padding == "valid" else 0
            filter_weights = self.kernel**2 * channels * self.filters
            places, weights = places + side**2 * filter_weights, weights + filter_weights
            side, channels = side // self.pool, self.filters
        widths = (side**2 * channels, *self.dense, _CLASSES)
        dense = sum(before * after for before, after in itertools.pairwise(widths))
        # Forward and twice backward for an image; an optimizer goes over all weights in a step.
        return IMAGES * 3 * (places + dense) + IMAGES // self.batch * 10 * (weights + dense)

    def model(self) -> Any:
        """The Keras model, compiled."""
        import keras

        layers = keras.layers
        model = keras.Sequential([keras.Input((_SIDE, _SIDE, 1))])
        for _ in range(self.convolutions):
            model.add(
                layers.Conv2D(
                    self.filters, self.kernel, padding=self.padding, activation=self.activation
                )
            )
            model.add(layers.MaxPooling2D(self.pool))
        model.add(layers.Flatten())
        if self.dropout:
            model.add(layers.Dropout(self.dropout))
        for units in self.dense:
            model.add(layers.Dense(units, activation=self.activation))
        model.add(layers.Dense(_CLASSES, activation="softmax"))
        model.compile(self._optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def _optimizer(self) -> Any:
        import keras

        how: dict[str, Any] = {"learning_rate": self.rate} if self.rate else {}
        how |= {"momentum": 0.9} if self.optimizer == "sgd" else {}
        return keras.optimizers.get({"class_name": self.optimizer, "config": how})


# cnn_exploration says exactly what these two are; a student may choose the batch.
DNN = Network("fashion_mnist", convolutions=0, dense=(128,))
CNN = Network("fashion_mnist", convolutions=2, dense=(128,))
# mnist_998 leaves the network open: its own reference, that of the tutorials that it comes from,
# and smaller ones that students choose since they are quick.
MARGINS = (
    DNN,
    CNN,
    Network(filters=16, dense=(64,)),
    Network(filters=32, dense=(64,), batch=64),
    Network(filters=32, dense=(128,), batch=64),
    Network(filters=32, dense=(128,), batch=128),
    Network(),
)


def _hundred() -> Iterator[Network]:
    """Networks that meet the rules of ``mnist_998``: one thing or two changed at a time."""
    product = itertools.product
    for filters, units, batch in product((8, 16, 32, 64), (64, 128, 256), (32, 64, 128, 256)):
        yield Network(filters=filters, dense=(units,), batch=batch)
    for kernel, filters, batch in product((5, 7), (16, 32), (64, 128)):
        yield Network(filters=filters, kernel=kernel, dense=(128,), batch=batch)
    optimizers = (
        ("nadam", 0.0),
        ("rmsprop", 0.0),
        ("adamw", 0.0),
        ("adamax", 0.0),
        ("adam", 0.003),
        ("sgd", 0.05),
    )
    for (optimizer, rate), filters, batch in product(optimizers, (16, 32), (64, 128)):
        yield Network(filters=filters, dense=(128,), optimizer=optimizer, rate=rate, batch=batch)
    hidden: tuple[tuple[int, ...], ...] = ((), (512,), (128, 64), (64, 64))
    for dense, batch in product(hidden, (64, 128)):
        yield Network(filters=32, dense=dense, batch=batch)
    for pool, filters in product((3, 4), (32, 64)):
        yield Network(filters=filters, pool=pool, dense=(128,), batch=64)
    for filters in (16, 32):
        yield Network(filters=filters, padding="same", dense=(128,), batch=64)
    for dropout in (0.1, 0.2, 0.4):
        yield Network(filters=32, dropout=dropout, dense=(128,), batch=64)
    for activation in ("tanh", "elu", "gelu"):
        yield Network(filters=32, activation=activation, dense=(128,), batch=64)


HUNDRED = tuple(_hundred())
