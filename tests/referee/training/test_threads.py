"""The number of threads is part of a training: it decides over bits, and cores do not."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process, pytest.mark.keras, pytest.mark.training]

ROOT = Path(__file__).parents[3]
CODE = """
import hashlib, os, sys
backend, threads, cores = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
from grader.referee.training import backends
backends.prepare_environment(backend, threads)
import keras, numpy
from grader.referee.training import determinism, loops
determinism.enable_determinism()
keras.utils.set_random_seed(0)
layers = keras.layers
model = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(64), layers.Dense(10)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
drawn = numpy.random.default_rng(0)
images, labels = drawn.random((96, 12, 12, 1), "float32"), drawn.integers(0, 10, 96)
loops.make(determinism.loop(), model, images, labels, 32).epoch(numpy.arange(96))
digest = hashlib.sha256(b"".join(weight.tobytes() for weight in model.get_weights()))
print(determinism.describe()["threads"], digest.hexdigest())
"""


def trained(backend: str, threads: int, cores: int) -> list[str]:
    """The number of threads that a training was described with, and what its weights hash to."""
    arguments = [sys.executable, "-c", CODE, backend, str(threads), str(cores)]
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}
    for name in ("KERAS_BACKEND", "XLA_FLAGS"):
        environment.pop(name, None)
    ran = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout.split()


LONG = [pytest.param(backend, marks=pytest.mark.long) for backend in ("jax", "torch")]


@pytest.mark.parametrize("backend", ["tensorflow", *LONG])
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
def test_two_threads_give_the_same_bits_on_one_core_and_on_two(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    on_one, on_two = (trained(backend, 2, cores) for cores in (1, 2))
    assert on_one == on_two
    assert on_one[0] == "2"
