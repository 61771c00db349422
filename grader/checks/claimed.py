"""What claims on a student's function looked at, so that what is trained can be compared with it.

A function may be defined again before it is used for a training, or return something else each time
it is called. So a claim about a training looks at the trained model itself: it must be a network
that the claims on layers have seen. Where they saw none, because the function ended with an error
or is defined further down, what they ask for is asked of the trained model: a claim fails for its
own reason only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from grader.checks.model_layers import is_built_in, layers, listing
from grader.checks.protocols import TrainingRecord, capability
from grader.errors import ClaimFailed

# Keras draws a name and a seed for a layer that is given none; layers may be frozen at any time.
_PASSING = frozenset({"name", "seed", "trainable"})
_NOTHING: Mapping[str, Callable[[Any], None]] = MappingProxyType({})


def claimed(function: str, model: Any) -> Any:
    """Note the network that a claim on a student's function is about, and return it.

    Args:
        function: the name of the function that made it.
        model: what the function returned; what is no Keras model is not noted.

    Example:
        In a test cell, with the student's ``build_model``::

            expect_count(claimed("build_model", build_model()), "Conv2D", 1)
    """
    record = capability(model, TrainingRecord)
    if record is not None:
        record.looked_at(function).append((listing(model), _described(model)))
    return model


def expect_claimed(
    model: Any, *functions: str, asked: Mapping[str, Callable[[Any], None]] = _NOTHING
) -> None:
    """Check that a trained model has the layers that the claims on these functions looked at.

    Only while work is graded: in an ordinary kernel nothing is noted, since cells run there in any
    order.

    Args:
        model: a trained Keras model.
        functions: names that were noted with ``claimed``; the model must be what one of them made,
            each time that a claim looked.
        asked: for a function's name, a check of what its claims ask of a network. The trained model
            must hold it where no claim got a network from that function.

    Raises:
        ClaimFailed: it has other layers; or no claim has seen what the functions make, and it is
            not what ``asked`` says.

    Example:
        In a test cell, with the student's ``model``::

            one = lambda network: expect_count(network, "Conv2D", 1)
            expect_claimed(model, "build_model", asked={"build_model": one})
    """
    record = capability(model, TrainingRecord)
    if record is None:
        return
    seen = {function: record.looked_at(function) for function in functions}
    own = _described(model)
    if any(made and all(each == own for _, each in made) for made in seen.values()):
        return
    unseen = [function for function, made in seen.items() if not made]
    checks = {function: asked[function] for function in unseen if function in asked}
    if checks:
        _expect_one_of(model, checks)
        return
    shown = sorted({listed for made in seen.values() for listed, _ in made})
    named = _calls(functions)
    if not shown:
        raise ClaimFailed(
            "No claim above got a network from {named}, so a trained model cannot be compared with "
            "one. Correct {named} first, and train a model that it returned.",
            named=named,
        )
    raise ClaimFailed(
        "The trained model has the layers {layers}. It is not what {named} returned in the claims "
        "above: {seen}, or the same layers with other settings. Train a model that {named} "
        "returned, and define the function only once.",
        layers=listing(model),
        named=named,
        seen="; ".join(shown),
    )


def _expect_one_of(model: Any, checks: Mapping[str, Callable[[Any], None]]) -> None:
    """Check that a model is what one of the functions should make, which no claim got to see."""
    found = []
    for check in checks.values():
        try:
            check(model)
        except ClaimFailed as why:
            found.append(str(why))
        else:
            return
    raise ClaimFailed(
        "No claim above got a network from {named}, so the trained model itself was checked, and "
        "it is not as {named} should make it. {found} Correct {named} first, and train a model "
        "that it returned.",
        named=_calls(checks),
        found=" ".join(found),
    )


def _calls(functions: Iterable[str]) -> str:
    return ", ".join(f"{function}()" for function in functions)


def same_layers(model: Any, other: Any) -> bool:
    """Tell whether two models have the same layers, in the same order, with the same settings.

    Args:
        model: a Keras model.
        other: another; names and seeds of layers do not matter, nor whether they are frozen, which
            may have been done after the training.

    Example:
        In a check::

            assert same_layers(model, build_model())
    """
    return _described(model) == _described(other)


def first_difference(model: Any, other: Any) -> tuple[int, str, str, Any, Any] | None:
    """Where two models with layers of the same classes are first set otherwise.

    Args:
        model: a Keras model.
        other: another.

    Returns:
        The layer's number from 1, its class, the setting's name, and its values in both models;
        None where they have other layers, or all settings are the same.

    Example:
        In a check::

            number, kind, setting, mine, theirs = first_difference(model, build_model())
    """
    described, others = _described(model), _described(other)
    if [kind for kind, _ in described] != [kind for kind, _ in others]:
        return None
    for number, ((kind, mine), (_, theirs)) in enumerate(zip(described, others, strict=True), 1):
        for setting in mine:
            if mine[setting] != theirs.get(setting):
                return number, kind, setting, mine[setting], theirs.get(setting)
    return None


def _described(model: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(type(layer).__name__, _settings(layer)) for layer in layers(model)]


def _settings(layer: Any) -> dict[str, Any]:
    """Return what a built-in layer was made with; nothing of a layer with code of its own."""
    if not is_built_in(layer):
        return {}
    return _without_passing(layer.get_config())


def _without_passing(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that matter, also of a part, as an activation that is a layer.

    Of a type of numbers the name is all that there is.
    """
    if "DTypePolicy" in str(settings.get("class_name")):
        return settings
    return {
        name: _without_passing(value) if isinstance(value, dict) else value
        for name, value in settings.items()
        if name not in _PASSING
    }
