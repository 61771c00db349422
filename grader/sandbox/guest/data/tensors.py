"""Tensors and variables of TensorFlow and Keras, as numpy's arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

_TENSORFLOW = ("EagerTensor", "ResourceVariable")


def array_of(value: Any) -> Any:
    """The numbers of a tensor or a variable as an array; None for anything else."""
    kind = type(value)
    if kind.__module__.startswith("tensorflow.") and kind.__name__ in _TENSORFLOW:
        return value.numpy()
    keras = sys.modules.get("keras")
    if keras is None or not kind.__module__.startswith("keras."):
        return None
    if not isinstance(value, keras.Variable):
        return None
    return np.require(np.asarray(value), requirements="W")  # that of JAX is read-only
