"""A student's Keras model as the examiner has it: built from its checked description."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import numpy as np

from grader.errors import ClaimFailed, DeclarationRefused
from grader.examiner.objects.noted_names import note
from grader.referee.spec import allow_list, budgets, declaration

MAX_PARTS = 1000


def build(described: dict[str, Any], weights: Any) -> Any:
    """The model that the kernel agent described.

    Args:
        described: what the agent said: ``type``, ``parts``, ``description``, ``compiled``.
        weights: arrays in the order of ``model.weights``, or None.

    Returns:
        A real Keras model with these weights. Where the description holds what may not be built
        (Lambda, operations outside of layers, classes of the student's own), a model that has the
        same layers but computes nothing: it can be looked at, and says why it cannot be asked.
    """
    description = described.get("description")
    try:
        if description is None:
            raise DeclarationRefused("its class is not Keras' own")
        model = declaration.build(_text(description))
        if model.built:
            budgets.expect_askable(model)
        _set_weights(model, weights)
    except DeclarationRefused as refused:
        model = _Parts().model(described, str(refused), own=description is None)
    if not model.compiled and described.get("compiled") is not None:
        _say_compiled(model, _text(described["compiled"]))
    return model


def describe(model: Any) -> tuple[str, list[Any]]:
    """A model of the examiner's own, as the kernel agent will build it: description and weights."""
    return model.to_json(), [np.asarray(weight) for weight in model.get_weights()]


def digest(model: Any) -> bytes:
    """Of a model's weights, which a test may set before it hands the model back."""
    hashed = sha256()
    for weight in model.get_weights():
        hashed.update(np.ascontiguousarray(weight).reshape(-1).view(np.uint8).data)
    return hashed.digest()


def set_since(model: Any, before: bytes) -> tuple[list[Any] | None, bytes]:
    """A model's weights, if they are others than before, and their digest now."""
    if (now := digest(model)) == before:
        return None, now
    return [np.asarray(weight) for weight in model.get_weights()], now


def history(recorded: Any) -> Any:
    """A Keras ``History`` that records what the student's says; plain data alone."""
    import keras

    kinds = [type(part) for part in recorded] if type(recorded) is list else []
    if kinds[:2] != [dict, list] or len(kinds) != 3:
        raise ClaimFailed("The history is not what model.fit(...) returned. Keep it unchanged.")
    made = keras.callbacks.History()
    made.history, made.epoch, made.params = recorded
    return made


def _set_weights(model: Any, weights: Any) -> None:
    expected = [tuple(weight.shape) for weight in model.weights]
    known = type(weights) is list and all(type(weight) is np.ndarray for weight in weights)
    if not known or [weight.shape for weight in weights] != expected:
        raise DeclarationRefused("its weights do not have the shapes that its layers say")
    if any(weight.dtype.kind == "c" for weight in weights):
        raise DeclarationRefused("its weights are complex numbers")
    model.set_weights(weights)


def _say_compiled(model: Any, text: str) -> None:
    """Let a model tell what the student's was compiled with, where that may not be built."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        config = {}
    model.compiled = True
    model.get_compile_config = lambda: config if isinstance(config, dict) else {}


class _Parts:
    """Builds what can be looked at from the parts that the agent listed."""

    def __init__(self) -> None:
        self._count = 0

    def model(self, described: dict[str, Any], reason: str, own: bool) -> Any:
        """A model that holds the same layers, each built from its description."""
        kind = _text(described.get("type"))
        made = _classes()["model"](kind, own, self._all(described.get("parts")), reason=reason)
        made.built = described.get("built") is True
        return made

    def _all(self, parts: Any) -> list[Any]:
        if type(parts) is not list or not all(type(part) is dict for part in parts):
            raise ClaimFailed("The model's layers are not in order. Build it from Keras layers.")
        self._count += len(parts)
        if self._count > MAX_PARTS:
            raise ClaimFailed(
                "The model has more than {max_parts} parts. Make it smaller.", max_parts=MAX_PARTS
            )
        return [self._part(part) for part in parts]

    def _part(self, part: dict[str, Any]) -> Any:
        """One layer or operation; a stand-in of the same name for what may not be built."""
        if (text := part.get("config")) is not None and not part.get("model"):
            for build in (declaration.layer, _with_own_activation):
                with contextlib.suppress(DeclarationRefused):
                    return build(_text(text))
        kind = "model" if part.get("model") else "layer" if part.get("layer") else "operation"
        made = _classes()[kind]
        name, inner = _text(part.get("name")), self._all(part.get("parts"))
        return made(_text(part.get("type")), part.get("own") is not False, inner, shown=name)


def _with_own_activation(text: str) -> Any:
    """A layer of Keras' whose activation is the student's function, which is not asked here."""
    described = allow_list.parsed(text)
    config = described.get("config")
    if not isinstance(config, dict):
        raise DeclarationRefused("it has no settings")
    if not (name := allow_list.own_activation(config.get("activation"))):
        raise DeclarationRefused("its activation is Keras' own")
    made = declaration.layer(json.dumps(described | {"config": config | {"activation": "linear"}}))

    def activation(*_: Any) -> Any:
        raise ClaimFailed("The activation {name} is a function of your own.", name=name)

    note(name)
    activation.__name__ = name
    made.activation = activation
    return made


def _text(described: Any) -> str:
    if type(described) is not str:
        raise ClaimFailed("The model's description is not in order. Build it from Keras layers.")
    return described


def _note_names(kind: str, shown: str) -> None:
    """Note the names of a part, but for those that Keras has and gives itself: ``lambda_1``."""
    if kind not in _of_keras():
        note(kind)
    if shown and shown.rstrip("0123456789").replace("_", "") != kind.lower():
        note(shown)


@cache
def _of_keras() -> frozenset[str]:
    """The names of Keras' own layers, models and operations; stand-ins are of no module in it."""
    import keras

    found, waiting = set(), [keras.Operation]
    while waiting:
        waiting += (kind := waiting.pop()).__subclasses__()
        if kind.__module__.startswith("keras.src."):
            found.add(kind.__name__)
    return frozenset(found)


@cache
def _classes() -> dict[str, Callable[..., Any]]:
    """What makes stand-ins of each kind; made once Keras is imported, which takes seconds."""
    import keras

    class Looked:
        """A model that can be inspected, and computes nothing."""

        _reason = ""
        _parts: tuple[Any, ...] = ()

        @property
        def _nodes_by_depth(self) -> dict[int, list[Any]]:
            """The parts in order, as a functional model tells them."""
            return {0: [SimpleNamespace(operation=part) for part in self._parts]}

        def predict(self, *_: Any, **__: Any) -> Any:
            """Raise: says why the model cannot be called."""
            raise ClaimFailed(
                "The model cannot be asked: {reason}. Build it with keras.Sequential or "
                "keras.Model(inputs, outputs) from Keras' own layers.",
                reason=self._reason,
            )

        call = __call__ = evaluate = fit = predict

    def maker(base: Any) -> Callable[..., Any]:
        def make(
            kind: str, own: bool, parts: Sequence[Any], shown: str = "", reason: str = ""
        ) -> Any:
            # A checker tells Keras' own classes by their module.
            about = {
                "__module__": __name__ if own else "keras.src",
                "_reason": reason,
                "_parts": tuple(parts),
            }
            _note_names(kind, shown)
            made = type(kind if kind.isidentifier() else "Unknown", (Looked, base), about)()
            object.__setattr__(made, "name", shown or kind)  # Keras accepts fewer names
            return made

        return make

    bases = {"model": keras.Model, "layer": keras.Layer, "operation": keras.Operation}
    return {kind: maker(base) for kind, base in bases.items()}
