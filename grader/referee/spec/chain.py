"""A chain of layers in its one form, whichever way of Keras' it was written in.

A functional model whose layers follow one another computes what a Sequential of the same layers
computes, and so does a chain in a chain. Here both become one Sequential without models in it.
Layers that do nothing are left out, and an activation that stands alone goes into the layer before
it, where the bits of a training are the same (``tests/referee/test_shared_trainings.py``).
"""

from __future__ import annotations

from typing import Any

from grader.referee.spec.allow_list import MODELS

Described = dict[str, Any]

# Layers with a setting ``activation``, which they apply last.
_ACTIVATED = (
    *("Dense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose"),
    *("Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D"),
    "SeparableConv2D",
)
_DROPPING = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
_DTYPE = "float32"  # of a layer that changes no precision on the way


def flattened(model: Described) -> Described | None:
    """The Sequential that a chain is, its nested chains in it.

    Args:
        model: in canonical form, its layers' names unique.

    Returns:
        The description of a Sequential, whose layers have their old names; None for a model that
        is no chain. What Keras adds where shapes do not fit is lost: compare the shapes.
    """
    layers = _layers(model)
    if layers is None:
        return None
    return model | {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": model["config"]["name"], "layers": layers},
    }


def simplified(chain: Described) -> Described:
    """A flattened chain without layers that do nothing, activations in the layers before them."""
    first, *rest = chain["config"]["layers"]
    layers: list[Described] = [first]
    for layer in rest:
        if _does_nothing(layer):
            continue
        activation = _activation(layer)
        if activation is not None and _takes_activation(layers[-1]):
            config = layers[-1]["config"] | {"activation": activation}
            layers[-1] = layers[-1] | {"config": config}
        else:
            layers.append(layer)
    if len(layers) == 1:  # a network of nothing: it stays as it was written
        return chain
    return chain | {"config": chain["config"] | {"layers": layers}}


def _layers(model: Described) -> list[Described] | None:
    """The layers of a chain, an InputLayer at most at its beginning."""
    config = model["config"]
    if model["class_name"] == "Sequential":
        in_order = config["layers"]
    elif (in_order := _in_order(config)) is None:
        return None
    layers: list[Described] = []
    for layer in in_order:
        nested = _layers(layer) if layer["class_name"] in MODELS else None
        layers += [_plain(layer)] if nested is None else _without_input(nested)
    return layers


def _in_order(graph: Described) -> list[Described] | None:
    """The layers of a functional model one after the other; None where it has branches."""
    before: dict[str, Described] = {}  # the layer that takes what another one gives
    layers = {layer["config"]["name"]: layer for layer in graph["layers"]}
    begin, end = (_only(graph[ends]) for ends in ("input_layers", "output_layers"))
    if begin not in layers or end not in layers or not graph["trainable"]:
        return None
    for name, layer in layers.items():
        if name == begin:
            continue
        taken = _taken(layer)
        if taken is None or taken in before:
            return None
        before[taken] = layer
    chain = [layers[begin]]
    while (following := before.get(chain[-1]["config"]["name"])) and len(chain) <= len(layers):
        chain.append(following)
    return chain if len(chain) == len(layers) and chain[-1] is layers[end] else None


def _taken(layer: Described) -> str | None:
    """The layer whose one output this one takes; None where it is called otherwise."""
    nodes = layer.get("inbound_nodes")
    if not isinstance(nodes, list) or len(nodes) != 1 or not isinstance(nodes[0], dict):
        return None
    args, kwargs = nodes[0].get("args"), nodes[0].get("kwargs")
    if not isinstance(args, list) or len(args) != 1 or not isinstance(args[0], dict):
        return None
    if not isinstance(kwargs, dict) or any(kwargs.values()):
        return None  # Keras itself writes training=False and mask=None there
    return _only(args[0].get("config", {}).get("keras_history"))


def _only(end: Any) -> str | None:
    """The layer that a reference to one tensor names: its first call, its first output."""
    if isinstance(end, list) and len(end) == 1:
        end = end[0]
    if isinstance(end, list) and end[1:] == [0, 0] and isinstance(end[0], str):
        return end[0]
    return None


def _without_input(layers: list[Described]) -> list[Described]:
    return layers[1:] if layers and layers[0]["class_name"] == "InputLayer" else layers


def _plain(layer: Described) -> Described:
    """A layer without what a graph says of it."""
    return {name: layer[name] for name in ("module", "class_name", "config", "registered_name")}


def _does_nothing(layer: Described) -> bool:
    kind, config = layer["class_name"], layer["config"]
    if config.get("dtype") != _DTYPE or kind in MODELS:
        return False
    return (
        kind == "Identity"
        or (kind == "Activation" and config.get("activation") == "linear")
        or (kind in _DROPPING and config.get("rate") == 0)
    )


def _activation(layer: Described) -> Any:
    """The activation of a layer that does nothing else; None for any other layer."""
    kind, config = layer["class_name"], layer["config"]
    if config.get("dtype") != _DTYPE:
        return None
    settings = {name: config[name] for name in config if name not in ("name", "dtype", "trainable")}
    if kind == "Activation" and settings.keys() == {"activation"}:
        return settings["activation"]
    if kind == "ReLU" and settings == {"max_value": None, "negative_slope": 0, "threshold": 0}:
        return "relu"
    return "softmax" if kind == "Softmax" and settings == {"axis": -1} else None


def _takes_activation(layer: Described) -> bool:
    config = layer["config"]
    return (
        layer["class_name"] in _ACTIVATED
        and config.get("activation") == "linear"
        and config.get("activity_regularizer") is None  # it looks at what the layer gives
        and config.get("dtype") == _DTYPE
    )
