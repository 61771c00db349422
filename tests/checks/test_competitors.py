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
            layers.Conv2D(64, 3, activation="relu", **dict(convolution)),
            layers.MaxPooling2D(2, **dict(pooling)),
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
@pytest.mark.parametrize(
    ("convolution", "pooling", "said"),
    [
        ({"padding": "same"}, {}, "Layer 1, a Conv2D, has padding='same', expected padding='va"),
        ({"strides": 2}, {}, r"strides=\(2, 2\), expected strides=\(1, 1\)"),
        ({}, {"strides": 1}, r"Layer 2, a MaxPooling2D, has strides=\(1, 1\), expected strides="),
        ({}, {"padding": "same"}, "Layer 2, a MaxPooling2D, has padding='same'"),
    ],
    ids=["same", "stride", "overlap", "rounded_up"],
)
def test_maps_of_other_sizes_than_in_the_table_fail(held, convolution, pooling, said):
    with pytest.raises(ClaimFailed, match=said):
        held(lambda: cnn(convolution, pooling))
