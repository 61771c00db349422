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
backend, threads = sys.argv[1], int(sys.argv[2])
from grader.referee.training import backends
backends.prepare_environment(backend, threads)
import keras, numpy
from grader.referee.training import determinism, loops

def train():
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
    print(determinism.describe()["threads"], digest.hexdigest(), flush=True)

# Forked from one process that has imported Keras, which takes seconds, and has started no thread.
for cores in (1, 2):
    child = os.fork()
    if not child:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
        train()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"the training on {cores} of the cores failed")
"""


def trained(backend: str, threads: int) -> list[list[str]]:
    """On one core and on two: the threads that a training has, and what its weights hash to."""
    arguments = [sys.executable, "-c", CODE, backend, str(threads)]
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}
    for name in ("KERAS_BACKEND", "XLA_FLAGS"):
        environment.pop(name, None)
    ran = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return [line.split() for line in ran.stdout.splitlines()]


LONG = [pytest.param(backend, marks=pytest.mark.long) for backend in ("jax", "torch")]


@pytest.mark.parametrize("backend", ["tensorflow", *LONG])
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
def test_two_threads_give_the_same_bits_on_one_core_and_on_two(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    on_one, on_two = trained(backend, 2)
    assert on_one == on_two
    assert on_one[0] == "2"
