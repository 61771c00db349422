"""Which layers a Keras model has, nested ones included, and how they are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.checks.claimed import first_difference, same_layers
from grader.checks.convolving_layers import nothing_else_convolves
from grader.checks.model_layers import layers, listing, parts, require_model
from grader.errors import ClaimFailed
from grader.language import N_, gettext, ngettext

__all__ = [  # test cells import all of them from here
    "expect_count",
    "expect_each",
    "expect_input",
    "expect_kinds",
    "expect_layers",
    "expect_same_layers",
    "nothing_else_convolves",
]


def expect_count(model: Any, kind: str, count: int) -> None:
    """Check how many layers are of a Keras class, nested ones included.

    Args:
        model: a Keras model.
        kind: name of a class in ``keras.layers``; subclasses count.
        count: the expected number.

    Raises:
        ClaimFailed: there are more or fewer; the message lists the model's layers.

    Example:
        In a test cell, with the student's ``build_model``::

            expect_count(build_model(), "Conv2D", 1)
    """
    import keras

    wanted = getattr(keras.layers, kind)
    number = sum(isinstance(part, wanted) for part, _ in parts(require_model(model)))
    if number != count:
        step = N_("Add tf.keras.layers.{kind}.") if number < count else N_("Keep only {count}.")
        raise ClaimFailed(
            "The model has {number} {kind}, expected exactly {count}. Its layers: {layers}. {step}",
            number=number or gettext("no"),
            kind=kind,
            count=count,
            layers=listing(model),
            step=gettext(step, kind=kind, count=count),
        )


def expect_layers(model: Any, expected: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """Check that the layers are exactly these, in this order, with these settings.

    An activation may be an argument of its layer, or a layer of its own after it.

    Args:
        model: a Keras model.
        expected: for each layer the name of its class, and those of its settings that matter.

    Raises:
        ClaimFailed: a layer is missing, set otherwise, or one too many; the message names the
            first.

    Example:
        In a test cell, with the student's ``build_cnn``::

            expect_layers(
                build_cnn(),
                [
                    ("Conv2D", {"filters": 64, "kernel_size": (3, 3), "activation": "relu"}),
                    ("Flatten", {}),
                    ("Dense", {"units": 10, "activation": "softmax"}),
                ],
            )
    """
    listed = _with_activations(layers(model))
    for number, (kind, settings) in enumerate(expected, start=1):
        if number > len(listed):
            raise ClaimFailed(
                "The model ends after {count}, but a {kind} should follow "
                "as layer {number}. Its layers: {layers}. Add what is missing.",
                count=_layers(len(listed)),
                kind=kind,
                number=number,
                layers=listing(model),
            )
        layer, activation = listed[number - 1]
        if type(layer).__name__ != kind:
            raise ClaimFailed(
                "Layer {number} is a {type}, expected a {kind}. The model's layers: {layers}. "
                "Expected: {expected}. Add, remove or move layers until both lists are the same.",
                number=number,
                type=type(layer).__name__,
                kind=kind,
                layers=listing(model),
                expected=", ".join(kind for kind, _ in expected),
            )
        for name, value in settings.items():
            actual = activation if name == "activation" else _plain(getattr(layer, name, None))
            if actual != value:
                raise ClaimFailed(
                    "Layer {number}, a {kind}, has {name}={actual!r}, expected {name}={value!r}. "
                    "Write {kind}(...) with {name}={value!r}.",
                    number=number,
                    kind=kind,
                    name=name,
                    actual=actual,
                    value=value,
                )
    if len(listed) > len(expected):
        extra, _ = listed[len(expected)]
        raise ClaimFailed(
            "Layer {number} is a {type}, but the model should end before it, with {count}. "
            "Its layers: {layers}. "
            "Remove the layers after it.",
            number=len(expected) + 1,
            type=type(extra).__name__,
            count=_layers(len(expected)),
            layers=listing(model),
        )


def expect_each(model: Any, kind: str, *, called: str = "", **settings: object) -> None:
    """Check the settings of every layer of a class; the model may have others.

    Args:
        model: a Keras model.
        kind: name of a class in ``keras.layers``.
        called: the call that made the model, where its arguments decide; for messages.
        settings: values that each layer of that class must have.

    Raises:
        ClaimFailed: no layer is of that class, or one is set otherwise.

    Example:
        In a test cell, with the student's ``build_cnn``::

            called = "build_cnn(filters=16)"
            expect_each(build_cnn(filters=16), "Conv2D", called=called, filters=16)
    """
    found = [layer for layer in layers(model) if type(layer).__name__ == kind]
    if not found:
        raise ClaimFailed(
            "{model} has no {kind}. Its layers: {layers}. Add tf.keras.layers.{kind}.",
            model=called or gettext("The model"),
            kind=kind,
            layers=listing(model),
        )
    step = N_("Take it from the argument of the function, not from a fixed number.")
    step = step if called else N_("Write {kind}(...) with {name}={value!r}.")
    for number, layer in enumerate(found, start=1):
        for name, value in settings.items():
            if (actual := _plain(getattr(layer, name, None))) != value:
                raise ClaimFailed(
                    "{model}: {kind} {number} of {found_count} has {name}={actual!r}, "
                    "expected {name}={value!r}. {step}",
                    model=called or gettext("The model"),
                    kind=kind,
                    number=number,
                    found_count=len(found),
                    name=name,
                    actual=actual,
                    value=value,
                    step=gettext(step, kind=kind, name=name, value=value),
                )


def expect_kinds(model: Any, expected: Sequence[str], *, called: str = "") -> None:
    """Check which layers of some classes a model has, in their order; others may stand between.

    Args:
        model: a Keras model.
        expected: names of classes in ``keras.layers``; each as often as it shall be there.
        called: the call that made the model, where its arguments decide; for messages.

    Raises:
        ClaimFailed: there are more or fewer layers of these classes, or in another order.

    Example:
        In a test cell, with the student's ``build_cnn``::

            expect_kinds(build_cnn(convolutions=3), ["Conv2D", "MaxPooling2D"] * 3)
    """
    kinds = [type(layer).__name__ for layer in layers(model)]
    found = [kind for kind in kinds if kind in expected]
    if found != list(expected):
        raise ClaimFailed(
            "{model} has {found}, expected {expected}. Its layers: {layers}. "
            "Add or remove layers until these are there, in this order.",
            model=called or gettext("The model"),
            found=", ".join(found) or gettext("none of these layers"),
            expected=", ".join(expected),
            layers=listing(model),
        )


def expect_input(model: Any, shape: tuple[int, ...]) -> None:
    """Check the shape of the model's inputs; a model that is not built yet takes any.

    Args:
        model: a Keras model.
        shape: of one input, without the batch axis.

    Raises:
        ClaimFailed: the model takes another shape.

    Example:
        In a test cell, with the student's ``build_cnn``::

            expect_input(build_cnn(), (28, 28, 1))
    """
    actual = getattr(require_model(model), "input_shape", None) if model.built else None
    if actual is not None and _plain(actual)[1:] != shape:
        raise ClaimFailed(
            "The model takes inputs of shape {received}, expected {shape}. "
            "Begin it with tf.keras.Input({shape}).",
            received=_plain(actual)[1:],
            shape=shape,
        )


def expect_same_layers(model: Any, other: Any) -> None:
    """Check that a trained model has the same layers as one that was just built.

    Args:
        model: the trained Keras model.
        other: the model to compare with, from the student's ``build_model()``.

    Raises:
        ClaimFailed: a layer differs in class or settings; names of layers do not matter.

    Example:
        In a test cell, with the student's ``model`` and ``build_model``::

            expect_same_layers(model, build_model())
    """
    if same_layers(model, other):
        return
    if (difference := first_difference(model, other)) is not None:
        number, kind, name, mine, theirs = difference
        raise ClaimFailed(
            "Layer {number}, {kind}, has {name}={mine!r:.60} in the trained model, and "
            "{name}={theirs!r:.60} in what build_model() makes. "
            "Train a model that build_model() returned, and run both cells again after a change.",
            number=number,
            kind=kind,
            name=name,
            mine=mine,
            theirs=theirs,
        )
    raise ClaimFailed(
        "The trained model has the layers {layers}, and build_model() makes {other_layers}. "
        "Train a model that build_model() returned, and run both cells again after a change.",
        layers=listing(model),
        other_layers=listing(other),
    )


def _with_activations(plain_layers: Sequence[Any]) -> list[tuple[Any, str | None]]:
    """Pair layers with their activation's name; activation layers join the layer before."""
    joined: list[tuple[Any, str | None]] = []
    for layer in plain_layers:
        own = _activation_layer(layer)
        if own and joined and joined[-1][1] == "linear":
            joined[-1] = (joined[-1][0], own)
        else:
            joined.append((layer, _name(getattr(layer, "activation", None))))
    return joined


def _activation_layer(layer: Any) -> str | None:
    """Return the name of the activation that a layer is, if it is one and nothing else."""
    kind = type(layer).__name__
    if kind == "Activation":
        return _name(layer.activation)
    if kind == "ReLU" and not (layer.max_value or layer.negative_slope or layer.threshold):
        return "relu"
    return "softmax" if kind == "Softmax" and layer.axis == -1 else None


def _name(function: Any) -> str | None:
    """Return an activation's name; TensorFlow's own functions carry a version: softmax_v2."""
    if function is None:
        return None
    if as_layer := _activation_layer(function):
        return as_layer
    return str(getattr(function, "__name__", type(function).__name__)).removesuffix("_v2")


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


def _layers(count: int) -> str:
    return ngettext("{count} layer", "{count} layers", count) if count else gettext("no layers")
