"""One training of MNIST's reference network, in a separate process, reported as a line of JSON.

A process each, because flags, backends and a GPU's memory belong to a process as a whole, and
because only two processes can show whether a training gives the same bits twice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import roofline
from grader.datasets import load

TARGET = 0.998
BATCH = 32


@dataclass(frozen=True)
class Training:
    """The result of one training.

    Attributes:
        device: in the backend's words.
        preparing: seconds until the first epoch could start: data sent, program compiled.
        epochs: seconds that each took.
        accuracy: of the last epoch, as Keras logs it, and the same on the test set.
        test_accuracy: see ``accuracy``.
        digest: SHA-256 of the weights after it.
        roofline: what an epoch asks for and what the device gives, where that was asked for.
    """

    device: str
    preparing: float
    epochs: list[float]
    accuracy: float
    test_accuracy: float
    digest: str
    roofline: dict[str, float] | None = None


def reference() -> Any:
    """MNIST's reference network of ``source/mnist_998``, its weights from seed 0."""
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(loop: str, data: Path, images: int, epochs: int, measured: bool) -> Training:
    """Train until an epoch's accuracy is above the target.

    Args:
        loop: ``scan`` or ``fit``.
        data: the data folder.
        images: how many of the training images; they are scaled to 0 ... 1.
        epochs: at most so many.
        measured: whether to measure the device's rates, too (``scan`` only).
    """
    (raw, labels), (test_raw, test_labels) = load(data, "mnist")
    x, y = scaled(raw[:images]), labels[:images].astype(np.int64)
    model = reference()
    start = time.perf_counter()
    epoch, program = _scan(model, x, y) if loop == "scan" else (_fit(model, x, y), None)
    preparing = time.perf_counter() - start
    order = np.random.default_rng(0)
    seconds: list[float] = []
    accuracy = 0.0
    while accuracy <= TARGET and len(seconds) < epochs:
        accuracy, spent = epoch(order.permutation(len(x)))
        seconds.append(spent)
    test = model.evaluate(scaled(test_raw), test_labels, batch_size=500, verbose=0)
    limits = None
    if measured and program:
        limits = asdict(roofline.measure(model, len(x), BATCH, program.as_text()))
    return Training(
        device=_device(),
        preparing=preparing,
        epochs=seconds,
        accuracy=accuracy,
        test_accuracy=float(test[1]),
        digest=_digest(model),
        roofline=limits,
    )


Epoch = Callable[[Any], tuple[float, float]]
"""Trains on the rows that it is given; returns the accuracy logged, and the seconds."""


def _scan(model: Any, x: Any, y: Any) -> tuple[Epoch, Any]:
    from grader.referee.training.scan_loop import ScanLoop

    loop = ScanLoop(model, x, y, BATCH)
    program = loop.compile(len(x))

    def epoch(rows: Any) -> tuple[float, float]:
        start = time.perf_counter()
        logs = loop.epoch(rows)  # its logs are numbers, so the device is done
        return logs["accuracy"], time.perf_counter() - start

    return epoch, program


def _fit(model: Any, x: Any, y: Any) -> Epoch:
    """Keras' own; one step beforehand compiles it, and is undone."""
    import keras

    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    before = [np.copy(keras.ops.convert_to_numpy(variable)) for variable in variables]
    model.fit(x[:BATCH], y[:BATCH], batch_size=BATCH, shuffle=False, verbose=0)
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)

    def epoch(rows: Any) -> tuple[float, float]:
        shuffled = x[rows], y[rows]  # not in the time: ScanLoop's rows are gathered on the device
        start = time.perf_counter()
        history = model.fit(*shuffled, batch_size=BATCH, shuffle=False, verbose=0).history
        return history["accuracy"][0], time.perf_counter() - start

    return epoch


def scaled(images: Any) -> Any:
    """Images (n, 28, 28) as float32 (n, 28, 28, 1) from 0 to 1."""
    return (images.astype(np.float32) / 255)[..., np.newaxis]


def _digest(model: Any) -> str:
    sha256 = hashlib.sha256()
    for weight in model.get_weights():
        sha256.update(np.ascontiguousarray(weight).data)
    return sha256.hexdigest()


def _device() -> str:
    """What trained, or an error: a backend without its GPU packages trains on the CPU, silently."""
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return str(jax.devices()[0].device_kind)
    if backend == "torch":
        import torch

        return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return str(tf.config.experimental.get_device_details(gpus[0])["device_name"]) if gpus else "cpu"


def main() -> None:
    """Train once, as the arguments say; the backend and flags are in the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loop", choices=["scan", "fit"])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--roofline", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "jax")
    done = train(given.loop, given.data, given.images, given.epochs, given.roofline)
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
