"""Networks from their descriptions: checked, put into canonical form, built.

A student's process sent the description. It is checked before Keras sees any of it
(``grader.referee.spec.allow_list``), and its cost is measured before memory or time is spent on it
(``grader.referee.spec.budgets``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from grader.errors import DeclarationRefused
from grader.language import N_
from grader.model import Budget
from grader.referee.spec import budgets, canonical, chain, compilation, observed
from grader.referee.spec.allow_list import MODELS, check, parsed
from grader.referee.spec.recipe import canonical_json

__all__ = ["build", "build_compiled", "check", "compiled", "layer", "metrics", "network"]

OUR_ACCURACY = "_accuracy"
Metrics: TypeAlias = Sequence[tuple[str, Any]]
# On any error of Keras'.
_LAYER_BUILT = N_("the layer cannot be built: {error}")
_OPTIMIZER_MADE = N_("the optimizer cannot be made: {error}")
_NETWORK_BUILT = N_("the network cannot be built: {error}")
_NETWORK_COMPILED = N_("the network cannot be compiled: {error}")
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
        raise DeclarationRefused("{found} is no layer", found=str(described.get("class_name"))[:60])
    with _refusing(_LAYER_BUILT), budgets.counting_weights(MAX_WEIGHTS):
        return keras.layers.deserialize(described)


def network(text: str, budget: Budget | None = None) -> str:
    """The canonical form of a network that may be trained.

    Args:
        text: ``model.to_json()``; how the model is compiled is left out.
        budget: what the network may cost. If given, the network is built to measure it.

    Returns:
        Canonical JSON, which describes the same network: without names of layers, seeds, sizes of
        batches, and shapes that Keras finds by itself; a chain of layers as one Sequential. Given
        to ``network`` it stays as it is.

    Raises:
        DeclarationRefused: the network holds what is not on the lists, is malformed, cannot be
            trained on the course's images, or is over the budget.
    """
    return _network(text, budget)


def compiled(text: str, network: str) -> str:
    """The canonical form of what a model was compiled with.

    Args:
        text: JSON of ``model.get_compile_config()``.
        network: what was compiled, as ``network`` gives it.

    Returns:
        Canonical JSON of ``optimizer``, ``loss`` and ``loss_weights``, which decide a training.
        Given to ``compiled`` it stays as it is. What is observed is ``metrics``.

    Raises:
        DeclarationRefused: something in it is not Keras' own or not accepted, or the network
            cannot be compiled with it.
    """
    described = parsed(text)
    how = compilation.canonical(described)
    canonical_text = _canonical(how)
    _compile(_built(parsed(network), MAX_WEIGHTS), how | compilation.metrics(described))
    return canonical_text


def metrics(text: str) -> str:
    """The canonical form of the metrics that a model was compiled with.

    Args:
        text: JSON of ``model.get_compile_config()``, or what this gave before.

    Returns:
        Canonical JSON of ``metrics`` and ``weighted_metrics``.

    Raises:
        DeclarationRefused: a metric is not Keras' own or not accepted.
    """
    return _canonical(compilation.metrics(parsed(text)))


def build_compiled(
    network: str,
    compiled: str,
    budget: Budget,
    metrics: Metrics = (),
    *,
    evaluated: bool = False,
) -> Any:
    """The network with fresh weights, compiled, ready for its first step.

    Both descriptions are checked here once more: the trainer trusts no other process.

    Args:
        network: as ``network`` gives it.
        compiled: as ``compiled`` gives it.
        budget: what the network may cost.
        metrics: to compile it with, as ``metric_lists`` gives them; none by default.
        evaluated: whether it is only evaluated: its optimizer then takes no memory.

    Raises:
        DeclarationRefused: a description is not in order, or the network is over the budget.
    """
    described = parsed(network)
    check(described)
    how = compilation.canonical(parsed(compiled))
    model = _built(canonical.network(described), budget.weights)
    budgets.expect_within(model, budget)
    _compile(model, how | dict(metrics))
    if not evaluated:
        with _refusing(_OPTIMIZER_MADE):
            model.optimizer.build(model.trainable_variables)
    return model


def recompile(model: Any, compiled: str, metrics: Metrics, *, fresh_optimizer: bool) -> None:
    """Compile a model for another fit; its weights stay.

    Args:
        model: a network that ``build_compiled`` gave.
        compiled: as ``compiled`` gives it.
        metrics: as ``metric_lists`` gives them.
        fresh_optimizer: whether it gets a new optimizer; else the one that it has goes on.
    """
    how = compilation.canonical(parsed(compiled)) | dict(metrics)
    _compile(model, how, None if fresh_optimizer else model.optimizer)
    if fresh_optimizer:
        with _refusing(_OPTIMIZER_MADE):
            model.optimizer.build(model.trainable_variables)


def metric_lists(metrics: str, one_hot: bool) -> Metrics:
    """What the referee compiles a model with: a student's metrics, and after them the accuracy.

    Args:
        metrics: as ``metrics`` gives them; empty for none.
        one_hot: whether labels are rows of zeros and ones.

    Returns:
        The arguments ``metrics`` and ``weighted_metrics``; the accuracy is logged as
        ``OUR_ACCURACY``, a name that no student's metric can have.
    """
    given: Any = compilation.metrics(parsed(metrics)) if metrics else {"weighted_metrics": []}
    accuracy = {
        "module": "keras.metrics",
        "class_name": observed.accuracy_of(one_hot),
        "config": {"name": OUR_ACCURACY},
        "registered_name": None,
    }
    return tuple((given | {"metrics": [*given.get("metrics", ()), accuracy]}).items())


@lru_cache(8)  # test cells ask for the same network again and again
def _network(text: str, budget: Budget | None) -> str:
    described = parsed(text)
    described.pop("compile_config", None)
    check(described)
    canonical_form = canonical.network(described)
    _canonical(canonical_form)
    limit = MAX_WEIGHTS if budget is None else budget.weights
    flat = chain.flattened(canonical_form)
    if flat is not None and (flat == canonical_form or _same_shapes(canonical_form, flat, limit)):
        canonical_form = canonical.network(chain.simplified(flat))
    if budget is not None:
        budgets.expect_within(_built(canonical_form, limit), budget)
    return _canonical(canonical_form)


def _same_shapes(described: dict[str, Any], flat: dict[str, Any], weights: int) -> bool:
    """Whether each layer is given the same shape in a chain as in the models that it came from.

    A functional model within another adds or takes off a last axis of 1 where its input has one.
    """
    before = list(_shapes(_built(described, weights)))
    try:
        return before == list(_shapes(_built(flat, weights)))
    except DeclarationRefused:
        return False


def _shapes(model: Any) -> Iterator[tuple[str, Any, Any]]:
    """Kind, input and output of each layer, nested models' layers among them."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _shapes(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            node = layer._inbound_nodes[0]
            given, made = (
                [each.shape for each in tensors]
                for tensors in (node.input_tensors, node.output_tensors)
            )
            yield type(layer).__name__, given, made


def _built(described: dict[str, Any], weights: int) -> Any:
    import keras

    with _refusing(_NETWORK_BUILT):
        with budgets.counting_weights(weights):
            model = keras.models.model_from_json(json.dumps(described))
        budgets.expect_few_calls(model)
        budgets.expect_small_activations(model)
    return model


def _compile(model: Any, described: dict[str, Any], optimizer: Any = None) -> None:
    """Compile as described; with the given optimizer, if there is one."""
    import keras

    # The referee sets these: JAX trains compiled, the others are deterministic without it.
    how = {
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": keras.backend.backend() == "jax",
    }
    with _refusing(_NETWORK_COMPILED):
        given = keras.saving.deserialize_keras_object(described | how)
        model.compile(**given | ({} if optimizer is None else {"optimizer": optimizer}))


@contextlib.contextmanager
def _refusing(message: str) -> Iterator[None]:
    """Refuse on any error: Keras raises many kinds on descriptions that make no sense.

    ``message`` has a field for the error.
    """
    try:
        yield
    except DeclarationRefused:
        raise
    except Exception as error:
        raise DeclarationRefused(message, error=_line(error)) from error


def _canonical(described: dict[str, Any]) -> str:
    try:
        return canonical_json(described)
    except ValueError as error:  # NaN or infinity, which Python's JSON reads
        raise DeclarationRefused(
            "a setting of the network is no number: {error}", error=error
        ) from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
