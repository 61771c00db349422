from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from grader.referee.spec import operations

pytestmark = pytest.mark.keras

L = keras.layers


def count(*layers: Any, shape: tuple[int | None, ...] = (28, 28, 1)) -> int:
    return operations.of_network(keras.Sequential([keras.Input(shape), *layers]))


def attended(layer: Any, *shapes: tuple[int, ...]) -> int:
    entries = [keras.Input(shape) for shape in shapes]
    made = layer(*entries) if isinstance(layer, L.MultiHeadAttention) else layer(entries)
    return operations.of_network(keras.Model(entries, made))


# Counted when they are tested: Keras takes a second to build them all.
COUNTED: dict[str, tuple[Callable[[], int], int]] = {
    "dense": (lambda: count(L.Dense(5), shape=(7,)), 7 * 5),
    "dense on every step": (lambda: count(L.Dense(5), shape=(3, 7)), 3 * 7 * 5),
    "convolution": (lambda: count(L.Conv2D(4, 3)), 9 * 4 * 26 * 26),
    "strides": (lambda: count(L.Conv2D(4, 3, strides=2, padding="same")), 9 * 4 * 14 * 14),
    "groups": (lambda: count(L.Conv2D(4, 3, groups=2), shape=(9, 9, 2)), 9 * 4 * 7 * 7),
    "one dimension": (lambda: count(L.Conv1D(4, 3), shape=(10, 2)), 3 * 2 * 4 * 8),
    "transposed": (lambda: count(L.Conv2DTranspose(4, 3, strides=2)), 9 * 4 * 28 * 28),
    "depthwise": (lambda: count(L.DepthwiseConv2D(3), shape=(9, 9, 2)), 9 * 2 * 7 * 7),
    "separable": (lambda: count(L.SeparableConv2D(4, 3), shape=(9, 9, 2)), (18 + 8) * 49),
    "recurrent": (lambda: count(L.SimpleRNN(4), shape=(10, 3)), 10 * (3 * 4 + 4 * 4)),
    "lstm": (lambda: count(L.LSTM(4), shape=(10, 3)), 10 * 4 * (3 * 4 + 4 * 4)),
    "both ways": (lambda: count(L.Bidirectional(L.SimpleRNN(4)), shape=(10, 3)), 2 * 10 * 28),
    "on each step": (lambda: count(L.TimeDistributed(L.Dense(5)), shape=(3, 7)), 3 * 35),
    "a network on each step": (
        lambda: count(
            L.TimeDistributed(keras.Sequential([keras.Input((7,)), L.Dense(5)])), shape=(3, 7)
        ),
        3 * 35,
    ),
    "recurrent convolution": (
        lambda: count(L.ConvLSTM1D(4, 3, padding="same"), shape=(5, 9, 2)),
        5 * 9 * (3 * 2 * 16 + 3 * 4 * 16),
    ),
    "nested": (lambda: count(keras.Sequential([L.Dense(5), L.Dense(2)]), shape=(7,)), 35 + 10),
    "pooling": (lambda: count(L.MaxPooling2D(2)), 14 * 14 * 4),
    "global pooling": (lambda: count(L.GlobalAveragePooling2D()), 784),
    "elements": (lambda: count(L.Rescaling(2.0), L.ReLU(), L.Flatten()), 3 * 784),
    "larger": (lambda: count(L.UpSampling2D(2)), 4 * 784),
    "einsum": (
        lambda: count(L.EinsumDense("abc,cde->abde", (None, 4, 5)), shape=(3, 7)),
        3 * 7 * 20,
    ),
    "any einsum": (lambda: count(L.EinsumDense("...x,xy->...y", 5), shape=(3, 2, 7)), 3 * 2 * 35),
    "spectral": (lambda: count(L.SpectralNormalization(L.Dense(5)), shape=(7,)), 35 + 2 * 35),
    "open size": (lambda: count(L.Dense(5), shape=(None, 7)), 28 * 35),
    "attention": (lambda: attended(L.Attention(), (3, 4), (5, 4)), 3 * 5 * 8),
    "dot": (lambda: attended(L.Dot(axes=1), (7,), (7,)), 7),
    "heads": (
        lambda: attended(L.MultiHeadAttention(2, 3), (5, 4), (5, 4)),
        5 * (4 * 6 * 3 + 6 * 4) + 2 * 5 * 5 * (3 + 3),
    ),
}


@pytest.mark.parametrize("name", COUNTED)
def test_multiplications_are_counted(name: str) -> None:
    counted, expected = COUNTED[name]
    assert counted() == expected


def test_grouped_heads_are_counted() -> None:
    entry = keras.Input((5, 4))
    model = keras.Model(entry, L.GroupQueryAttention(3, 4, 2)(entry, entry))
    assert operations.of_network(model) > 5 * 4 * (12 + 6 + 6 + 12)


def test_a_layer_that_is_applied_twice_counts_twice() -> None:
    entry = keras.Input((7,))
    shared = L.Dense(7, use_bias=False)
    once, twice = keras.Model(entry, shared(entry)), keras.Model(entry, shared(shared(entry)))
    assert operations.of_network(twice) == 2 * operations.of_network(once) == 2 * 49


def test_the_count_is_what_a_convolution_in_numpy_multiplies() -> None:
    """Counted by doing it: 3x3 kernels, two channels, on a 6x6 image."""
    multiplied = 0
    image, kernels = np.ones((6, 6, 2)), np.ones((3, 3, 2, 4))
    for row in range(4):
        for column in range(4):
            window = image[row : row + 3, column : column + 3]
            multiplied += sum((window * kernels[..., one]).size for one in range(4))
    assert count(L.Conv2D(4, 3), shape=(6, 6, 2)) == multiplied
