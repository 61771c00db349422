"""Networks by their descriptions: checked, put into one spelling, built.

A description is what a student's process sent. It is walked before Keras sees any of it
(``grader.referee.allowed``), and what it describes is measured before memory or time is spent on it
(``grader.referee.budgets``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee import budgets, compilation, normalised
from grader.referee.allowed import MODELS, check, parsed
from grader.referee.recipe import canonical

__all__ = ["build", "build_compiled", "check", "compiled", "layer", "network"]

MAX_WEIGHTS = 64_000_000  # 256 MB of float32; the largest reference has 2.8 million


def build(text: str) -> Any:
    """The network that ``text`` describes (``model.to_json()``), with fresh weights.

    It is compiled as described where that, too, holds only built-ins, and else not compiled.

    Raises:
        DeclarationRefused: the description holds something that is not on the lists, is malformed,
            or describes more than ``MAX_WEIGHTS`` weights or ``budgets.MAX_ACTIVATIONS``
            activations.
    """
    described = parsed(text)
    if str(described.get("class_name")) not in MODELS:
        raise DeclarationRefused("expected a Sequential or functional Keras model")
    compile_config = described.pop("compile_config", None)
    check(described)
    model = _built(described, MAX_WEIGHTS)
    with contextlib.suppress(DeclarationRefused):
        if compile_config:
            check(compile_config)
            _compile(model, compile_config)
    return model


def layer(text: str) -> Any:
    """One layer from its description; raises ``DeclarationRefused``."""
    import keras

    described = parsed(text)
    check(described)
    if described.get("module") != "keras.layers":
        raise DeclarationRefused(f"{described.get('class_name')!s:.60} is no layer")
    with _refusing("the layer cannot be built"), budgets.counting_weights(MAX_WEIGHTS):
        return keras.layers.deserialize(described)


def network(text: str, budget: Budget | None = None) -> str:
    """The one spelling of a network that may be trained.

    Args:
        text: ``model.to_json()``; how the model is compiled is left out.
        budget: what the network may cost. With one, it is built to measure it.

    Returns:
        Canonical JSON, which describes the same network: without names of layers, seeds, sizes of
        batches, and shapes that Keras finds by itself. Given to ``network`` it stays as it is.

    Raises:
        DeclarationRefused: the network holds what is not on the lists, is malformed, cannot be
            trained on the course's images, or is over the budget.
    """
    described = parsed(text)
    described.pop("compile_config", None)
    check(described)
    found = normalised.network(described)
    spelt = _canonical(found)
    if budget is not None:
        budgets.expect_within(_built(found, budget.weights), budget)
    return spelt


def compiled(text: str, network: str) -> str:
    """The one spelling of what a model was compiled with.

    Args:
        text: JSON of ``model.get_compile_config()``.
        network: what was compiled, as ``network`` gives it.

    Returns:
        Canonical JSON of ``optimizer``, ``loss``, ``loss_weights``, ``metrics`` and
        ``weighted_metrics``. Given to ``compiled`` it stays as it is.

    Raises:
        DeclarationRefused: something in it is not Keras' own or not accepted, or the network
            cannot be compiled with it.
    """
    found = compilation.normalised(parsed(text))
    spelt = _canonical(found)
    _compile(_built(parsed(network), MAX_WEIGHTS), found)
    return spelt


def build_compiled(network: str, compiled: str, budget: Budget) -> Any:
    """The network with fresh weights, compiled, ready for its first step.

    Both descriptions are checked here once more: whoever trains relies on nobody's word.

    Args:
        network: as ``network`` gives it.
        compiled: as ``compiled`` gives it.
        budget: what the network may cost.

    Raises:
        DeclarationRefused: a description is not in order, or the network is over the budget.
    """
    described = parsed(network)
    check(described)
    how = compilation.normalised(parsed(compiled))
    model = _built(normalised.network(described), budget.weights)
    budgets.expect_within(model, budget)
    recompile(model, how)
    return model


def recompile(model: Any, how: dict[str, Any] | str) -> None:
    """Give a model a fresh optimizer, and the loss and metrics beside it; its weights stay.

    Args:
        model: a built network.
        how: as ``compiled`` gives it, or as ``compilation.normalised`` does.
    """
    if isinstance(how, str):
        how = compilation.normalised(parsed(how))
    _compile(model, how)
    with _refusing("the optimizer cannot be made"):
        model.optimizer.build(model.trainable_variables)


def _built(described: dict[str, Any], weights: int) -> Any:
    import keras

    with _refusing("the network cannot be built"):
        with budgets.counting_weights(weights):
            model = keras.models.model_from_json(json.dumps(described))
        budgets.expect_small_activations(model)
    return model


def _compile(model: Any, described: dict[str, Any]) -> None:
    import keras

    # Ours to say: JAX trains compiled, the others are deterministic as they are.
    how = {
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": keras.backend.backend() == "jax",
    }
    with _refusing("the network cannot be compiled"):
        model.compile(**keras.saving.deserialize_keras_object(described | how))


@contextlib.contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Keras raises many kinds of errors on descriptions that make no sense."""
    try:
        yield
    except DeclarationRefused:
        raise
    except Exception as error:
        raise DeclarationRefused(f"{what}: {_line(error)}") from error


def _canonical(found: dict[str, Any]) -> str:
    try:
        return canonical(found)
    except ValueError as error:  # NaN or infinity, which Python's JSON reads
        raise DeclarationRefused(f"a setting of the network is no number: {error}") from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
