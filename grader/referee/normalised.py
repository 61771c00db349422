"""A network's description with one spelling, so that the same network is trained once.

Names of layers and models give way to ``layer_0``, ``layer_1`` ... in the order of the walk, in
every place that refers to them. Seeds go, as the seed is the referee's. So do sizes of batches and
whatever else Keras writes that does not decide what is computed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from grader.errors import DeclarationRefused
from grader.referee.allowed import MODELS

MAX_LAYERS = 100  # Keras builds a Sequential anew for each layer that is added
DTYPES = ("float32", "float64", "float16", "mixed_float16", "mixed_bfloat16")

Described = dict[str, Any]
Names = Iterator[int]


def network(described: Described) -> Described:
    """The description of a checked ``model.to_json()`` in its one spelling.

    Raises:
        DeclarationRefused: it is no model with one input and one output, says no shape of its
            input, or asks for what a training by the referee cannot give.
    """
    if described.get("class_name") not in MODELS:
        raise DeclarationRefused("expected a Sequential or functional Keras model")
    found = _model(described, itertools.count())
    config = found["config"]
    if found["class_name"] == "Sequential":
        if not config["layers"] or config["layers"][0]["class_name"] != "InputLayer":
            raise DeclarationRefused(
                "the network does not say what shape an image has: let it begin with "
                "keras.Input(shape=(28, 28, 1))"
            )
    else:
        for end in ("input_layers", "output_layers"):
            config[end] = _only(config[end], end.removesuffix("_layers"))
    return found


def _model(described: Described, names: Names) -> Described:
    config = described["config"]
    layers = config.get("layers")
    if not isinstance(layers, list) or not all(isinstance(one, dict) for one in layers):
        raise DeclarationRefused("a model in the network has no list of layers")
    name = _name(names)
    if described["class_name"] == "Sequential":
        if config.get("trainable") is False:
            raise DeclarationRefused(
                "the network has trainable=False: a network that does not learn is not trained"
            )
        inner = {"name": name, "layers": [_layer(one, names) for one in layers]}
        return _object("keras", "Sequential", inner)
    made = [_layer(one, names) for one in layers]
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
    """A layer, wrapper or nested model; its shapes are found anew when it is built."""
    if described.get("class_name") in MODELS:
        return _model(described, names)
    if described.get("module") != "keras.layers" or "class_name" not in described:
        raise DeclarationRefused(
            f"{described.get('class_name')!s:.60} (of {described.get('module')!s:.60}) stands "
            "where a layer belongs"
        )
    kind, config, name = described["class_name"], described["config"], {"name": _name(names)}
    if kind == "InputLayer":
        return _object("keras.layers", kind, _input(config) | name)
    found = {
        one: _setting(one, value, names) for one, value in sorted(config.items()) if one != "name"
    }
    if found.get("stateful"):
        raise DeclarationRefused(
            "a layer has stateful=True, which carries one batch's state into the next: leave it out"
        )
    if "unroll" in found:
        found["unroll"] = False  # the same numbers; how they are computed is ours to say
    return _object("keras.layers", kind, found | name)


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
        return [_setting("", one, names) for one in value]
    if not isinstance(value, dict):
        return _dtype(value) if name == "dtype" else value
    if "class_name" not in value:
        return {one: _setting(one, inner, names) for one, inner in value.items()}
    kind, module = value["class_name"], value.get("module")
    if kind == "DTypePolicy":
        return _dtype(value["config"].get("name"))
    if module == "keras.layers" or kind in MODELS:
        return _layer(value, names)
    config = {one: _setting(one, inner, names) for one, inner in value["config"].items()}
    return _object(_text(module), kind, config)


def _dtype(found: Any) -> Any:
    if found not in (None, *DTYPES):
        raise DeclarationRefused(
            f"a layer computes in {found!r:.60}: expected one of {', '.join(DTYPES)}"
        )
    return found


def _renamed(found: Any, names: Mapping[Any, str]) -> Any:
    """What a node is called with, its tensors told by their layers' new names."""
    if isinstance(found, list):
        return [_renamed(one, names) for one in found]
    if not isinstance(found, dict):
        return found
    if found.get("class_name") != "__keras_tensor__":
        return {one: _renamed(value, names) for one, value in found.items()}
    config = found["config"]
    shape = config.get("shape")
    told = {
        "dtype": config.get("dtype"),
        "keras_history": _ends(config.get("keras_history"), names),
        "shape": [None, *shape[1:]] if isinstance(shape, list) and shape else [],
    }
    return {"class_name": "__keras_tensor__", "config": told}


def _ends(found: Any, names: Mapping[Any, str]) -> Any:
    """References to tensors: a layer's name, which call of it, which output of that."""
    if isinstance(found, dict):
        return {one: _ends(value, names) for one, value in found.items()}
    if not isinstance(found, list):
        raise DeclarationRefused("the network's description refers to its layers out of order")
    if not _is_end(found):
        return [_ends(one, names) for one in found]
    if found[0] not in names:
        raise DeclarationRefused(
            f"the network refers to {found[0]!r:.60}, a layer it does not have"
        )
    return [names[found[0]], *found[1:]]


def _only(found: Any, what: str) -> Any:
    """The one input or output, which may stand in a list of its own."""
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not _is_end(found):
        raise DeclarationRefused(
            f"the network has several {what}s, or names them: a network that is trained on the "
            f"course's images has one {what}"
        )
    return found


def _is_end(found: Any) -> bool:
    return isinstance(found, list) and [type(one) for one in found] == [str, int, int]


def _object(module: str, name: str, config: Described) -> Described:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _name(names: Names) -> str:
    if (number := next(names)) > MAX_LAYERS:
        raise DeclarationRefused(f"the network has more than {MAX_LAYERS} layers: use fewer")
    return f"layer_{number}"


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise DeclarationRefused(f"the network's description has {found!r:.60} for a name")
    return found
