"""The networks of ``cnn_exploration`` as its tables say: the claim, and what stands in for it."""

import keras
import nbformat
import pytest
from keras import layers

from grader.checks.competitors import COMPETITORS
from grader.errors import ClaimFailed
from tests.conftest import ROOT

pytestmark = pytest.mark.keras


def claim(build_cnn):
    """Run the test cell of the source notebook on a student's ``build_cnn``."""
    path = ROOT / "source" / "cnn_exploration" / "cnn_exploration.ipynb"
    (cell,) = (
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "cnn_architecture"
    )
    exec(cell.source, {"build_cnn": build_cnn})


def cnn(convolution=(), pooling=()):
    pairs = [
        layer
        for _ in range(2)
        for layer in (
            layers.Conv2D(64, **{"kernel_size": 3, "activation": "relu"} | dict(convolution)),
            layers.MaxPooling2D(**{"pool_size": 2} | dict(pooling)),
        )
    ]
    dense = [layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((28, 28, 1)), *pairs, *dense])


HELD = pytest.mark.parametrize("held", [claim, lambda build: COMPETITORS["build_cnn"](build())])


@HELD
def test_the_network_of_the_table_passes(held):
    held(cnn)
    held(lambda: cnn({"padding": "valid", "strides": 1}, {"strides": (2, 2)}))


@HELD
def test_a_margin_passes(held):
    # The claim's sentence, which the student reads, names no margin.
    held(lambda: cnn({"padding": "same"}))


@HELD
def test_other_layers_fail(held):
    with pytest.raises(ClaimFailed, match="Layer 1, a Conv2D, has kernel_size="):
        held(lambda: cnn({"kernel_size": 5}))
    with pytest.raises(ClaimFailed, match="Layer 2, a MaxPooling2D, has pool_size="):
        held(lambda: cnn(pooling={"pool_size": 3}))
