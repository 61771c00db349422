"""Checks on a model that returns the output of every layer of another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array, describe
from grader.checks.model_layers import is_built_in
from grader.checks.protocols import ObjectProxy, capability
from grader.errors import ClaimFailed
from grader.language import gettext

TOLERANCE = 0.001  # float32 sums in another order, or on a GPU, differ in the fourth digit


def small_cnn() -> Any:
    """Make a small untrained Sequential network for a test to ask about.

    Its layers are Conv2D, MaxPooling2D, Conv2D, MaxPooling2D, Flatten, Dense and Dense, with random
    weights and biases. A claim that asks with it does not depend on the student's own network.

    Returns:
        A ``keras.Sequential`` that takes (n, 28, 28, 1) floats and gives (n, 10) probabilities.

    Example:
        In a test cell::

            images = test_images[:3, ..., np.newaxis] / 255.0
            activation_shapes(activation_model, small_cnn(), images)
    """
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    draw = np.random.default_rng()
    # Untrained biases are all zero, which would hide a mistake in them.
    model.set_weights([draw.normal(0, 0.3, weight.shape) for weight in model.weights])
    return model


def activation_shapes(
    activation_model: Callable[..., object], model: Any, images: NDArray[np.floating]
) -> None:
    """Check that a student's model has one output for each layer, each of the layer's shape.

    Args:
        activation_model: the student's function; takes a Keras model, returns a Keras model.
        model: a Sequential network, such as ``small_cnn()``.
        images: (n, 28, 28, 1) floats, as ``model`` takes them; sent through both models.

    Raises:
        ClaimFailed: the function returns no Keras model, the model has another number of outputs,
            or an output has another shape.

    Example:
        In a test cell, with the student's ``activation_model``::

            images = test_images[[0], ..., np.newaxis] / 255.0
            activation_shapes(activation_model, small_cnn(), images)
    """
    _outputs(activation_model, model, images)


def activation_values(
    activation_model: Callable[..., object], model: Any, images: NDArray[np.floating]
) -> None:
    """Check that each output is what the layer computes, with the weights of the given model.

    Args:
        activation_model: the student's function; takes a Keras model, returns a Keras model.
        model: a Sequential network, such as ``small_cnn()``.
        images: (n, 28, 28, 1) floats, as ``model`` takes them; sent through both models.

    Raises:
        ClaimFailed: as ``activation_shapes``; or a value differs by more than ``TOLERANCE``.

    Example:
        In a test cell, with the student's ``activation_model``::

            questions = np.random.default_rng()
            activation_values(activation_model, small_cnn(), questions.random((2, 28, 28, 1)))
    """
    received = _outputs(activation_model, model, images)
    expected = outputs_by_layer(model, images)
    for number, (layer, got, computed) in enumerate(
        zip(model.layers, received, expected, strict=True)
    ):
        if np.allclose(got, computed, rtol=TOLERANCE, atol=TOLERANCE):
            continue
        furthest = float(np.abs(got - computed).max())
        raise ClaimFailed(
            "Output {number} of activation_model(model) is not what layer {number}, "
            "{kind}, computes: values differ by up to {furthest:.3g}. Build it from the "
            "layers of the model that is given, weights included: model.inputs[0] and "
            "layer.output.",
            number=number,
            kind=_kind(layer),
            furthest=furthest,
        )


def _outputs(
    activation_model: Callable[..., object], model: Any, images: NDArray[np.floating]
) -> list[NDArray[Any]]:
    """Return what the student's model gives for the images: one array per layer, shapes checked."""
    import keras

    returned: Any = activation_model(model)
    if not isinstance(returned, keras.Model):
        raise ClaimFailed(
            "activation_model(model) is {found}. Expected: a Keras model; "
            "tf.keras.Model(inputs=..., outputs=[...]) makes one.",
            found=describe(returned),
        )
    # Keras warns unless the question has the form that the model was made with.
    takes_list = isinstance(getattr(returned, "input", None), list)
    answer = _asked(activation_model, returned, [images.copy()] if takes_list else images.copy())
    if isinstance(answer, dict):
        raise ClaimFailed(
            "activation_model(model) returns a dictionary of outputs. Expected: a list, in the "
            "order of the layers. Give tf.keras.Model outputs=[...]."
        )
    tensors = list(answer) if isinstance(answer, list | tuple) else [answer]
    outputs = [
        array(tensor, what=gettext("output {number} of activation_model(model)", number=number))
        for number, tensor in enumerate(tensors)
    ]
    _expect_shapes([output.shape for output in outputs], model, images)
    return outputs


def _asked(function: Callable[..., object], model: Any, question: object) -> Any:
    """What a model of a function's gives; one of the student's own class computes beside it."""
    proxy = capability(function, ObjectProxy)
    if proxy is None or is_built_in(model):
        return model(question, training=False)
    return proxy.operate("call", model, question)


def _expect_shapes(
    received: list[tuple[int, ...]], model: Any, images: NDArray[np.floating]
) -> None:
    """One output per layer, each of the layer's shape."""
    expected = [output.shape for output in outputs_by_layer(model, images)]
    if len(received) != len(expected):
        raise ClaimFailed(
            "activation_model(model) has {received_count} outputs for a model of {expected_count} "
            "layers ({listed}). Expected: one output "
            "for every layer, in order. Take layer.output of each layer in model.layers.",
            received_count=len(received),
            expected_count=len(expected),
            listed=", ".join(_kind(layer) for layer in model.layers),
        )
    for number, (layer, got, wanted) in enumerate(
        zip(model.layers, received, expected, strict=True)
    ):
        if got != wanted:
            raise ClaimFailed(
                "Output {number} of activation_model(model) has the shape {got}, but layer "
                "{number}, {kind}, gives {wanted}. Return the layers' outputs in order.",
                number=number,
                got=got,
                kind=_kind(layer),
                wanted=wanted,
            )


def outputs_by_layer(model: Any, images: NDArray[np.floating]) -> list[NDArray[Any]]:
    """Send images through one layer after the other.

    Args:
        model: a Sequential network, such as ``small_cnn()``.
        images: (n, 28, 28, 1) floats, as ``model`` takes them.

    Returns:
        What each layer gives.

    Example:
        In a check::

            first = outputs_by_layer(small_cnn(), images)[0]
    """
    values: Any = images.astype(np.float32)
    outputs = []
    for layer in model.layers:
        values = layer(values)
        outputs.append(np.asarray(values))
    return outputs


def _kind(layer: object) -> str:
    """Name a layer's class, as a student writes it."""
    return type(layer).__name__
