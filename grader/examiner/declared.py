"""Reads what a student's kernel says of a call of ``fit``, believing none of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee import declaration, recipe
from grader.referee.recipe import Fit, Images

_MAX_CALLBACKS = 50
_MAX_EPOCHS = 1_000_000  # asked for; how many are run is the budget's matter


@dataclass(frozen=True)
class Declared:
    """One call of ``fit``, checked.

    Attributes:
        network: canonical JSON of the network.
        fit: the call, of no epochs yet.
        continues: number of the training that it goes on from, or None.
        epochs: how many were asked for.
        callbacks: names of the classes of its callbacks.
    """

    network: str
    fit: Fit
    continues: int | None
    epochs: int
    callbacks: tuple[str, ...]


def read(message: Mapping[str, Any], budget: Budget, digests: Mapping[str, str]) -> Declared:
    """What the kernel declared.

    Args:
        message: from the kernel.
        budget: what the network may cost.
        digests: data set to the SHA-256 of its arrays, as the grading run has them.

    Raises:
        DeclarationRefused: it is nothing that may be trained.
    """
    described, how = message.get("network"), message.get("compiled")
    if type(described) is not str or type(how) is not str:
        raise DeclarationRefused(
            "The network or what it was compiled with cannot be told as plain settings "
            f"({message.get('why')!s:.300}): while work is graded, build it "
            "with keras.Sequential or keras.Model(inputs, outputs) "
            "from Keras' own layers, losses and metrics."
        )
    network = declaration.network(described, budget)
    compiled = declaration.compiled(how, network)
    try:
        return _read(message, network, compiled, digests)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DeclarationRefused(f"This call of fit is not in order: {error!s:.200}") from error


def _read(
    message: Mapping[str, Any], network: str, compiled: str, digests: Mapping[str, str]
) -> Declared:
    validation = message["validation"]
    continues = message["continues"]
    fit = Fit(
        compiled=compiled,
        images=_images(message["images"], digests),
        validation=None if validation is None else _images(validation, digests),
        validation_split=number(message["validation_split"], 0.0, 0.99),
        batch_size=natural(message["batch_size"], 1, 1_000_000),
        shuffle=_truth(message["shuffle"]),
        fresh_optimizer=_truth(message["fresh_optimizer"]),
        learning_rates=(),
    )
    if math.floor(fit.images.count * (1.0 - fit.validation_split)) < 1:
        raise ValueError("the validation split leaves no image to train on")
    return Declared(
        network=network,
        fit=fit,
        continues=None if continues is None else natural(continues, 0, _MAX_EPOCHS),
        epochs=natural(message["epochs"], 0, _MAX_EPOCHS),
        callbacks=_names(message["callbacks"]),
    )


def natural(found: Any, least: int, most: int) -> int:
    """A whole number in a range, or ``ValueError``."""
    if type(found) is not int or not least <= found <= most:
        raise ValueError(f"expected a whole number from {least} to {most}, received {found!r:.60}")
    return found


def number(found: Any, least: float, most: float) -> float:
    """A number in a range, or ``ValueError``; NaN is in none."""
    if type(found) not in (int, float) or not least <= found <= most:
        raise ValueError(f"expected a number from {least:g} to {most:g}, received {found!r:.60}")
    return float(found)


def _images(found: Any, digests: Mapping[str, str]) -> Images:
    if type(found) is not dict or type(found.get("dataset")) is not str:
        raise TypeError(f"images that are not named: {found!r:.60}")
    if found["dataset"] not in digests:
        raise ValueError(f"the course has no data set {found['dataset']!r:.60}")
    return recipe.images(found | {"digest": digests[found["dataset"]]})


def _truth(found: Any) -> bool:
    if type(found) is not bool:
        raise TypeError(f"expected True or False, received {found!r:.60}")
    return found


def _names(found: Any) -> tuple[str, ...]:
    if type(found) is not list or len(found) > _MAX_CALLBACKS:
        raise ValueError(f"expected at most {_MAX_CALLBACKS} callbacks")
    if not all(type(one) is str and len(one) <= 200 for one in found):
        raise TypeError("a callback's class has a name")
    return tuple(found)
