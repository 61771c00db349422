"""Describes a Keras model by its JSON and weights, or by its layers where it has no JSON."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np

from ..data.encoder import Encoder
from . import adapted
from .keras_layers import held_by


def describe(model: Any, keras: Any, encoder: Encoder) -> dict[str, Any]:
    """A model's description and weights, and the layers and operations in it.

    Args:
        model: a ``keras.Model``.
        keras: the module.
        encoder: takes the weights.
    """
    known = type(model) in (keras.Sequential, keras.Model) or type(model).__name__ == "Functional"
    described = {
        "type": type(model).__name__,
        "parts": [_part(inner, keras) for inner in held_by(model, keras)],
        "description": None,
        "weights": None,
        "compiled": _compiled(model),
        "built": model.built is True,
    }
    if known:
        with contextlib.suppress(Exception):  # then its parts must do
            description = adapted.described(model)
            weights = [np.asarray(weight) for weight in adapted.weights(model)]
            described["weights"] = encoder.encode(weights)
            described["description"] = description
    return described


def _compiled(model: Any) -> str | None:
    """What the model was compiled with, as JSON; None if it was not compiled."""
    if not model.compiled:
        return None
    try:
        return json.dumps(model.get_compile_config())
    except Exception:  # a part of it has no configuration
        return "{}"


def _part(part: Any, keras: Any) -> dict[str, Any]:
    """A layer or an operation, and what it holds."""
    kind = type(part)
    return {
        "type": kind.__name__,
        "own": not kind.__module__.startswith("keras."),
        "name": str(getattr(part, "name", "")),
        "layer": isinstance(part, keras.Layer),
        "model": isinstance(part, keras.Model),
        "config": _config(part),
        "parts": [_part(inner, keras) for inner in held_by(part, keras)],
    }


def _config(part: Any) -> str | None:
    """The configuration of one of Keras' own layers, as JSON; None where there is none."""
    if not type(part).__module__.startswith("keras."):
        return None
    try:
        from keras.saving import serialize_keras_object

        return json.dumps(serialize_keras_object(part))
    except Exception:  # a layer without a configuration is described by its name
        return None
