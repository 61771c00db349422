"""Which layers a Keras model has, nested ones included, and how they are set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.errors import ClaimFailed

# Keras layers that run code or a graph from elsewhere: a model does not show what they compute.
_FOREIGN = {"Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"}
# They turn signals into spectra with a convolution, without saying so in their names.
_CONVOLVES_TOO = {"MelSpectrogram", "STFTSpectrogram"}
_ACCURACIES = {
    "accuracy": {
        "accuracy",
        "acc",
        "sparse_categorical_accuracy",
        "SparseCategoricalAccuracy",
        "categorical_accuracy",
        "CategoricalAccuracy",
    }
}


def layers(model: Any) -> list[Any]:
    """Return the layers that compute, in order, through nested models and wrappers.

    Input layers are left out; a layer that a functional model applies twice is listed twice.

    Raises:
        ClaimFailed: ``model`` is no Keras model.

    """
    import keras

    parts = _parts(_checked(model))
    return [
        part
        for part, inner in parts
        if _is_layer(part) and not (inner or isinstance(part, keras.Model))
    ]


def expect_count(model: Any, kind: str, count: int) -> None:
    """Check that exactly ``count`` layers are of the Keras class ``kind``, nested ones included.

    Raises:
        ClaimFailed: more or fewer are; the message lists the layers that were found.

    """
    import keras

    wanted = getattr(keras.layers, kind)
    found = sum(isinstance(part, wanted) for part, _ in _parts(_checked(model)))
    if found != count:
        raise ClaimFailed(
            f"The model has {_times(found, kind)}, expected exactly {count}. "
            f"Its layers: {_listing(model)}. "
            + (f"Add tf.keras.layers.{kind}." if found < count else f"Keep only {count}.")
        )


def expect_layers(model: Any, expected: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """Check that the layers are exactly these, in this order, with these settings.

    An activation may be an argument of its layer or a layer of its own behind it.

    Args:
        model: a Keras model.
        expected: class name and settings of each layer, for example
            ``("Conv2D", {"filters": 64, "kernel_size": (3, 3), "activation": "relu"})``.

    Raises:
        ClaimFailed: a layer is missing, too many, or set otherwise; the message names the first.

    """
    found = _with_activations(layers(model))
    for number, (kind, settings) in enumerate(expected, start=1):
        if number > len(found):
            raise ClaimFailed(
                f"The model ends after {_times(len(found), 'layer')}, but a {kind} should follow "
                f"as layer {number}. Its layers: {_listing(model)}. Add what is missing."
            )
        layer, activation = found[number - 1]
        if type(layer).__name__ != kind:
            raise ClaimFailed(
                f"Layer {number} is a {type(layer).__name__}, expected a {kind}. "
                f"The model's layers: {_listing(model)}. Put the {kind} there."
            )
        for name, value in settings.items():
            actual = activation if name == "activation" else _plain(getattr(layer, name, None))
            if actual != value:
                raise ClaimFailed(
                    f"Layer {number}, a {kind}, has {name}={actual!r}, expected {name}={value!r}. "
                    f"Write {kind}(...) with {name}={value!r}."
                )
    if len(found) > len(expected):
        extra, _ = found[len(expected)]
        raise ClaimFailed(
            f"Layer {len(expected) + 1} is a {type(extra).__name__}, but the model should end "
            f"before it, with {_times(len(expected), 'layer')}. Its layers: {_listing(model)}. "
            "Remove what is too many."
        )


def expect_compiled(model: Any, metric: str = "accuracy") -> None:
    """Check that the model is compiled and reports ``metric``, in any spelling that Keras takes.

    Raises:
        ClaimFailed: it is not compiled, or with other metrics.

    """
    import keras

    if not _checked(model).compiled:
        raise ClaimFailed(
            "The model is not compiled, so it cannot be trained. Call "
            f'model.compile(optimizer=..., loss=..., metrics=["{metric}"]) before you return it.'
        )
    given = model.get_compile_config().get("metrics")
    names = keras.tree.flatten(_metric_names(given))
    if not set(names) & _ACCURACIES.get(metric, {metric}):
        raise ClaimFailed(
            f"The model is compiled with the metrics {names}, expected {metric!r} among them. "
            f'Pass metrics=["{metric}"] to compile.'
        )


def expect_input(model: Any, shape: tuple[int, ...]) -> None:
    """Check that the model takes inputs of this shape; one that is not built yet takes any.

    Raises:
        ClaimFailed: its input has another shape.

    """
    actual = getattr(_checked(model), "input_shape", None) if model.built else None
    if actual is not None and _plain(actual)[1:] != shape:
        raise ClaimFailed(
            f"The model takes inputs of shape {_plain(actual)[1:]}, expected {shape}. "
            f"Begin it with tf.keras.Input({shape})."
        )


def expect_classes(model: Any, count: int) -> None:
    """Check that the model ends in ``count`` probabilities: Dense with softmax.

    Raises:
        ClaimFailed: its last layer is another or has other settings.

    """
    found = _with_activations(layers(model))
    last, activation = found[-1] if found else (None, None)
    seen = f"{type(last).__name__} with activation {activation!r}" if found else "nothing"
    if type(last).__name__ != "Dense" or activation != "softmax":
        raise ClaimFailed(
            f"The model ends in {seen}, expected a Dense layer of {count} units with softmax. "
            f'Let it end with Dense({count}, activation="softmax").'
        )
    if getattr(last, "units", None) != count:
        raise ClaimFailed(
            f"The model's last layer has {getattr(last, 'units', None)} units, expected {count}: "
            f"one for each class. Write Dense({count}, ...)."
        )


def expect_same_layers(model: Any, other: Any) -> None:
    """Check that a trained model is made of the same layers as one that was just built.

    Raises:
        ClaimFailed: a layer differs in class or settings; their names do not matter.

    """
    trained, built = (
        [(type(layer).__name__, _settings(layer)) for layer in layers(one)]
        for one in (model, other)
    )
    if trained != built:
        raise ClaimFailed(
            f"The trained model has the layers {_listing(model)}, and build_model() makes "
            f"{_listing(other)}, with other settings or in another order. "
            "Train a model that build_model() returned, and run both cells again after a change."
        )


def nothing_else_convolves(model: Any) -> None:
    """Check that beside ``Conv2D`` and ``MaxPooling2D`` nothing convolves or pools.

    Refused are every other convolution and pooling of Keras (separable, depthwise, transposed, 1-D,
    3-D, recurrent; average, global, adaptive). So is what may convolve in secret: ``Lambda`` and
    its like, classes that are not Keras' own, and operations that a functional model applies to
    tensors outside of any layer.

    Raises:
        ClaimFailed: something of the kind was found; the message names it.

    """
    import keras

    for part, _ in _parts(_checked(model)):
        name = type(part).__name__
        if not _is_layer(part):
            raise ClaimFailed(
                f"The model applies the operation {name} ({part.name}) outside of any layer. "
                "Build it from Keras layers alone."
            )
        if not _built_in(part):
            raise ClaimFailed(
                f"The model holds {name} ({part.name}), whose code is its own: it may convolve. "
                "Use keras.Sequential or keras.Model(inputs, outputs) and "
                "Keras' built-in layers."
            )
        plain = isinstance(part, keras.layers.Conv2D | keras.layers.MaxPooling2D)
        if not plain and ("Conv" in name or "Pool" in name or name in _CONVOLVES_TOO):
            raise ClaimFailed(
                f"The model also convolves or pools with {name} ({part.name}). "
                "One Conv2D and one MaxPooling2D are all that is allowed: remove it."
            )


def _checked(model: Any) -> Any:
    """Return ``model`` if it is a Keras model."""
    import keras

    if not isinstance(model, keras.Model):
        raise ClaimFailed(
            f"Expected a Keras model, received {type(model).__name__}. Build one with "
            "tf.keras.Sequential([...]), and return it from your function."
        )
    return model


def _parts(part: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Walk through every layer, model and operation in ``part``, each with what it holds."""
    import keras

    if isinstance(part, keras.layers.InputLayer):
        return
    inner = _inner(part)
    yield part, inner
    for one in inner:
        yield from _parts(one)


def _inner(part: Any) -> list[Any]:
    """List what a model or a wrapper holds, in order; nothing for plain layers and operations."""
    import keras

    if isinstance(part, keras.Sequential):
        return list(part.layers)
    if hasattr(part, "_nodes_by_depth"):
        # A functional model. Its public `layers` lists a layer once however often it is applied.
        depths = sorted(part._nodes_by_depth, reverse=True)
        return [node.operation for depth in depths for node in part._nodes_by_depth[depth]]
    if _is_layer(part):
        # Keras offers `layers` for models only; wrappers and custom layers keep theirs here.
        return list(part._flatten_layers(include_self=False, recursive=False))
    return []


def _settings(layer: Any) -> dict[str, Any]:
    """Return what a built-in layer was made with; nothing of a layer with code of its own."""
    if not _built_in(layer):
        return {}
    return {name: value for name, value in layer.get_config().items() if name != "name"}


def _built_in(part: Any) -> bool:
    return type(part).__module__.startswith("keras.") and type(part).__name__ not in _FOREIGN


def _is_layer(part: Any) -> bool:
    import keras

    return isinstance(part, keras.Layer)


def _with_activations(found: Sequence[Any]) -> list[tuple[Any, str | None]]:
    """Pair layers with their activation's name; activation layers join the layer before."""
    joined: list[tuple[Any, str | None]] = []
    for layer in found:
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
    return str(getattr(function, "__name__", type(function).__name__)).removesuffix("_v2")


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value


def _metric_names(given: Any) -> Any:
    """Replace each metric of a compile configuration by its class, or a function by its name."""
    if isinstance(given, Mapping):
        if {"class_name", "config"} <= given.keys():
            return given["config"] if given["class_name"] == "function" else given["class_name"]
        return [_metric_names(one) for one in given.values()]
    if isinstance(given, list | tuple):
        return [_metric_names(one) for one in given]
    return [] if given is None else given


def _listing(model: Any) -> str:
    return ", ".join(type(layer).__name__ for layer in layers(model)) or "none"


def _times(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 or noun != 'layer' else 's'}"
