"""The canonical form of a network's description, so that the same network is trained once.

Names of layers and models become ``layer_0``, ``layer_1`` ... in the order of the walk, in every
place that refers to them. Seeds are left out, because the referee sets its own. So are batch sizes
and all other settings that do not decide what is computed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from grader.errors import DeclarationRefused
from grader.referee.spec.allow_list import MODELS

MAX_LAYERS = 100  # Keras rebuilds a Sequential for each layer that is added
DTYPES = ("float32", "float64", "float16")
# Weights are float32 there. On a CPU these policies make a training 1.4 to 6 times as long, and
# it is the same on every machine only if it is carried out in one precision.
MIXED = ("mixed_float16", "mixed_bfloat16")

Described = dict[str, Any]
Names = Iterator[int]


def network(described: Described) -> Described:
    """The canonical form of a checked ``model.to_json()``.

    Raises:
        DeclarationRefused: it is no model with one input and one output, says no shape of its
            input, or asks for what a training by the referee cannot give.
    """
    if described.get("class_name") not in MODELS:
        raise DeclarationRefused("expected a Sequential or functional Keras model")
    model = _model(described, itertools.count())
    config = model["config"]
    if model["class_name"] == "Sequential":
        if not config["layers"] or config["layers"][0]["class_name"] != "InputLayer":
            raise DeclarationRefused(
                "the network does not say what shape an image has: let it begin with "
                "keras.Input(shape=(28, 28, 1))"
            )
    else:
        for end in ("input_layers", "output_layers"):
            config[end] = _only(config[end])
    return model


def _model(described: Described, names: Names) -> Described:
    config = described["config"]
    layers = config.get("layers")
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise DeclarationRefused("a model in the network has no list of layers")
    name = _name(names)
    if described["class_name"] == "Sequential":
        if config.get("trainable") is False:
            raise DeclarationRefused(
                "the network has trainable=False: a network that does not learn is not trained"
            )
        inner = {"name": name, "layers": [_layer(layer, names) for layer in layers]}
        return _object("keras", "Sequential", inner)
    made = [_layer(layer, names) for layer in layers]
    renamed: dict[Any, str] = {
        _text(old.get("name")): new["config"]["name"] for old, new in zip(layers, made, strict=True)
    }
    if len(renamed) < len(made):
        raise DeclarationRefused("two layers of a model have the same name")
    for old, new in zip(layers, made, strict=True):
        nodes = old.get("inbound_nodes", [])
        new |= {"name": new["config"]["name"], "inbound_nodes": _renamed(nodes, renamed)}
    trainable = config.get("trainable") is not False
    graph: Described = {"name": name, "trainable": trainable, "layers": made}
    for end in ("input_layers", "output_layers"):
        graph[end] = _ends(config.get(end), renamed)
    return _object("keras.src.models.functional", "Functional", graph)


def _layer(described: Described, names: Names) -> Described:
    """A layer, wrapper or nested model; its shapes are inferred when it is built."""
    if described.get("class_name") in MODELS:
        return _model(described, names)
    if described.get("module") != "keras.layers" or "class_name" not in described:
        raise DeclarationRefused(
            "{found} ({module}) stands where a layer belongs",
            found=str(described.get("class_name"))[:60],
            module=str(described.get("module"))[:60],
        )
    kind, config, name = described["class_name"], described["config"], {"name": _name(names)}
    if kind == "InputLayer":
        return _object("keras.layers", kind, _input(config) | name)
    settings = {
        setting: _setting(setting, value, names)
        for setting, value in sorted(config.items())
        if setting != "name"
    }
    if settings.get("stateful"):
        raise DeclarationRefused(
            "a layer has stateful=True, which carries one batch's state into the next: leave it out"
        )
    if "unroll" in settings:
        settings["unroll"] = False  # it changes how the numbers are computed, not the numbers
    return _object("keras.layers", kind, settings | name)


def _input(config: Described) -> Described:
    shape = config.get("batch_shape")
    if not isinstance(shape, list) or not shape or config.get("sparse") or config.get("ragged"):
        raise DeclarationRefused(
            "the network's input is no plain array: write keras.Input(shape=(28, 28, 1))"
        )
    return {"batch_shape": [None, *shape[1:]], "dtype": config.get("dtype") or "float32"}


def _setting(name: str, value: Any, names: Names) -> Any:
    if name == "seed":
        return None
    if isinstance(value, list):
        return [_setting("", item, names) for item in value]
    if not isinstance(value, dict):
        return _dtype(value) if name == "dtype" else value
    if "class_name" not in value:
        return {key: _setting(key, inner, names) for key, inner in value.items()}
    kind, module = value["class_name"], value.get("module")
    if kind == "DTypePolicy":
        return _dtype(value["config"].get("name"))
    if module == "keras.layers" or kind in MODELS:
        return _layer(value, names)
    config = {key: _setting(key, inner, names) for key, inner in value["config"].items()}
    return _object(_text(module), kind, config)


def _dtype(dtype: Any) -> Any:
    if dtype in MIXED:
        return "float32"
    if dtype not in (None, *DTYPES):
        raise DeclarationRefused(
            "a layer computes in {dtype}: expected one of {known}",
            dtype=repr(dtype)[:60],
            known=", ".join((*DTYPES, *MIXED)),
        )
    return dtype


def _renamed(argument: Any, names: Mapping[Any, str]) -> Any:
    """The arguments of a node, with the new names of the layers whose tensors they are."""
    if isinstance(argument, list):
        return [_renamed(item, names) for item in argument]
    if not isinstance(argument, dict):
        return argument
    if argument.get("class_name") != "__keras_tensor__":
        return {key: _renamed(value, names) for key, value in argument.items()}
    config = argument["config"]
    shape = config.get("shape")
    tensor = {
        "dtype": config.get("dtype"),
        "keras_history": _ends(config.get("keras_history"), names),
        "shape": [None, *shape[1:]] if isinstance(shape, list) and shape else [],
    }
    return {"class_name": "__keras_tensor__", "config": tensor}


def _ends(references: Any, names: Mapping[Any, str]) -> Any:
    """References to tensors: a layer's name, which call of it, which output of that."""
    if isinstance(references, dict):
        return {key: _ends(value, names) for key, value in references.items()}
    if not isinstance(references, list):
        raise DeclarationRefused("the network's description refers to its layers out of order")
    if not _is_end(references):
        return [_ends(item, names) for item in references]
    if references[0] not in names:
        raise DeclarationRefused(
            "the network refers to {layer}, a layer it does not have",
            layer=repr(references[0])[:60],
        )
    return [names[references[0]], *references[1:]]


def _only(ends: Any) -> Any:
    """The one input or output, which may be the only item of a list."""
    if isinstance(ends, list) and len(ends) == 1:
        ends = ends[0]
    if not _is_end(ends):
        raise DeclarationRefused(
            "the network has several inputs or outputs, or names them: a network that is trained "
            "on the course's images has one of each"
        )
    return ends


def _is_end(reference: Any) -> bool:
    return isinstance(reference, list) and [type(part) for part in reference] == [str, int, int]


def _object(module: str, name: str, config: Described) -> Described:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _name(names: Names) -> str:
    if (number := next(names)) > MAX_LAYERS:
        raise DeclarationRefused(
            "the network has more than {most} layers: use fewer", most=MAX_LAYERS
        )
    return f"layer_{number}"


def _text(name: Any) -> str:
    if not isinstance(name, str):
        raise DeclarationRefused(
            "the network's description has {name} for a name", name=repr(name)[:60]
        )
    return name
