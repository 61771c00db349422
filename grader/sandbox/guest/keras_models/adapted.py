"""Describes layers that were adapted to data as if their numbers had been written down.

``Normalization.adapt`` leaves mean and variance in weights that no training changes. Of a network,
only its description is sent and its weights are the referee's. So such a layer is described like
``Normalization(mean=..., variance=...)``, which has no weights.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np


def described(model: Any) -> str:
    """The model's JSON; without what it was compiled with, if a part of that has none."""
    with _written_down(model):
        try:
            return str(model.to_json())
        except Exception:  # a learning rate schedule of the student's, for example
            return _without_compilation(model)


def _without_compilation(model: Any) -> str:
    compiled, model.compiled = model.compiled, False
    try:
        return str(model.to_json())
    finally:
        model.compiled = compiled


def weights(model: Any) -> list[Any]:
    """The model's weights, in order, without those that ``described`` writes down."""
    numbers = {id(weight) for layer in _adapted(model) for weight in layer.weights}
    return [weight for weight in model.weights if id(weight) not in numbers]


@contextlib.contextmanager
def _written_down(model: Any) -> Iterator[None]:
    layers = _adapted(model)
    for layer in layers:
        layer.input_mean = np.asarray(layer.adapt_mean).tolist()
        layer.input_variance = np.asarray(layer.adapt_variance).tolist()
    try:
        yield
    finally:
        for layer in layers:
            layer.input_mean = layer.input_variance = None


def _adapted(model: Any) -> list[Any]:
    """The built ``Normalization`` layers whose numbers are weights."""
    from keras.layers import Normalization

    return [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, Normalization) and layer.built and layer.input_mean is None
    ]
