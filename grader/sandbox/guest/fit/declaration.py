"""Declares a call of ``fit`` to the referee: the network, its images, and the settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from ..keras_models import adapted
from . import training_images
from .class_numbers import ClassNumbers
from .state import TrainingState, expect_own_weights
from .training_images import TrainingImages


def declare(
    model: Any,
    arguments: dict[str, Any],
    before: TrainingState | None,
    classes: ClassNumbers,
) -> tuple[dict[str, Any], TrainingImages]:
    """The fields of ``begin``, and the images that are trained on.

    Args:
        model: a compiled ``keras.Model``; it is built, if it was not.
        arguments: of ``fit``, checked by ``expect_accepted``.
        before: the model's last training.
        classes: numbers of the callbacks' classes.

    Raises:
        FitRefused: the images are not the course's, or the model's weights were changed.
    """
    given = training_images.named(arguments)
    kinds = [type(callback) for callback in _listed(arguments["callbacks"])]
    declared = (
        given.declared
        | _network(model, given.first, before)
        | {
            "epochs": int(arguments["epochs"]),
            "callbacks": [kind.__name__ for kind in kinds],
            "classes": [classes.number(kind) for kind in kinds],
        }
    )
    return declared, given


def _network(model: Any, first: tuple[Any, Any], before: TrainingState | None) -> dict[str, Any]:
    """The network, how it was compiled, and the training that this one continues."""
    _build(model, *first)
    fresh = before is None or before.optimizer is not model.optimizer
    if before is not None:
        expect_own_weights(model, before)
    network, why = _described(lambda: adapted.described(model))
    compiled, why_not = _described(lambda: json.dumps(model.get_compile_config()))
    if before and not fresh and _without_rate(compiled) == _without_rate(before.compiled):
        compiled = before.compiled  # a rate that a callback set is sent with its epoch
    return {
        "continues": None if before is None else before.number,
        "fresh_optimizer": fresh,
        "network": network,
        "compiled": compiled,
        "why": why or why_not,
    }


def _build(model: Any, images: Any, labels: Any) -> None:
    """Give a model that was never called its weights; Keras raises where shapes do not fit."""
    first = np.asarray(images, np.float32), np.asarray(labels)
    try:
        model._symbolic_build(data_batch=first)
    except NotImplementedError:
        return  # the class is the student's: the referee says why it is not trained


def _described(describe: Callable[[], Any]) -> tuple[str | None, str]:
    """A description as JSON, or why there is none."""
    try:
        return str(describe()), ""
    except Exception as error:  # a layer or a loss of the student's may raise anything
        return None, f"{type(error).__name__}: {error!s:.300}"


def _without_rate(compiled: str | None) -> Any:
    """A compile configuration without its learning rate, if callbacks may set that."""
    config = json.loads(compiled or "{}")
    optimizer = (config.get("optimizer") or {}).get("config", {})
    if not isinstance(optimizer.get("learning_rate"), dict):
        optimizer.pop("learning_rate", None)
    return config


def _listed(callbacks: Any) -> list[Any]:
    """The argument ``callbacks`` as a list."""
    if callbacks is None:
        return []
    if hasattr(callbacks, "callbacks"):
        return list(callbacks.callbacks)
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
