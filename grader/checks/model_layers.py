"""The layers that a Keras model consists of, nested models and wrappers included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from grader.errors import ClaimFailed
from grader.sandbox.guest.keras_models.keras_layers import held_by

# Keras layers that run code or a graph from elsewhere: a model does not show what they compute.
_FOREIGN = {"Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"}
_ACTIVATIONS = {"Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"}
_LIBRARIES = re.compile(r"(?:keras|tensorflow)(?:\.|$)")  # whose activations are known


def layers(model: Any) -> list[Any]:
    """List the layers that compute, in order, through nested models and wrappers.

    Args:
        model: a Keras model.

    Returns:
        Keras layers, without input layers. A layer that a functional model applies twice is listed
        twice; an activation layer in another, as in ``Dense(9, activation=ReLU())``, is part of
        that, and any other layer in that place is listed behind it.

    Raises:
        ClaimFailed: ``model`` is no Keras model.

    Example:
        In a test cell, with the student's ``build_model``::

            assert len(layers(build_model())) <= 6, "The model has more than 6 layers."
    """
    return list(_computing(require_model(model)))


def _computing(part: Any) -> Iterator[Any]:
    """The layers in a part that compute, itself among them."""
    import keras

    inner, own = held_by(part, keras), getattr(part, "activation", None)
    wrapped = [each for each in inner if each is not own]
    if is_layer(part) and not (wrapped or isinstance(part, keras.Model)):
        yield part
    for each in inner:
        is_known = is_built_in(each) and type(each).__name__ in _ACTIVATIONS
        if each is not own or not is_known:
            yield from _computing(each)


def parts(part: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Walk through every layer, model and operation of a model, the model first.

    Args:
        part: a Keras model or layer.

    Returns:
        Pairs of a part and the parts that it holds itself.

    Example:
        In a check::

            kinds = [type(part).__name__ for part, _ in parts(model)]
    """
    import keras

    inner = held_by(part, keras)
    yield part, inner
    for each in inner:
        yield from parts(each)


def listing(model: Any) -> str:
    """List the classes of a model's layers, for a message.

    Args:
        model: a Keras model.

    Returns:
        For example ``Conv2D, Flatten, Dense``; ``none`` for a model without layers.

    Example:
        In a check::

            raise ClaimFailed(f"The model has the layers {listing(model)}.")
    """
    return ", ".join(type(layer).__name__ for layer in layers(model)) or "none"


def require_model(model: Any) -> Any:
    """Check that an answer is a Keras model.

    Args:
        model: a student's answer.

    Returns:
        The model.

    Raises:
        ClaimFailed: it is something else.

    Example:
        In a check::

            built = require_model(model).built
    """
    import keras

    if not isinstance(model, keras.Model):
        raise ClaimFailed(
            "Expected a Keras model, received {type}. Build one with "
            "tf.keras.Sequential([...]), and return it from your function.",
            type=type(model).__name__,
        )
    return model


def is_layer(part: Any) -> bool:
    """Tell layers and models from operations that a functional model applies by themselves.

    Args:
        part: a part of a model, from ``parts``.

    Returns:
        Whether it is a Keras layer.

    Example:
        In a check::

            operations = [part for part, _ in parts(model) if not is_layer(part)]
    """
    import keras

    return isinstance(part, keras.Layer)


def is_built_in(part: Any) -> bool:
    """Tell Keras' own layers from those that run other code.

    Args:
        part: a part of a model, from ``parts``.

    Returns:
        Whether its class and its activation are Keras' own, and the model shows what it computes.

    Example:
        In a check::

            unknown = [part for part, _ in parts(model) if not is_built_in(part)]
    """
    kind, activation = type(part), getattr(part, "activation", None)
    own = isinstance(activation, FunctionType) and not _LIBRARIES.match(activation.__module__ or "")
    return kind.__module__.startswith("keras.") and kind.__name__ not in _FOREIGN and not own
