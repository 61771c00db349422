"""Refuses arguments of ``fit`` that the referee does not accept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..course_images.refused import FitRefused, kind_of, shown

_ONLY = {  # argument: the only value that is accepted
    "class_weight": None,
    "sample_weight": None,
    "initial_epoch": 0,
    "validation_freq": 1,
}


def expect_accepted(arguments: dict[str, Any]) -> None:
    """Refuse what would make a training that is not counted in passes over the course's images.

    Args:
        arguments: name to value, defaults included.

    Raises:
        FitRefused: the message names the argument and says what to do.
    """
    for name, expected in _ONLY.items():
        given = arguments[name]
        if given is not expected and (expected is None or given != expected):
            raise FitRefused(
                "fit was given {name}={given}, which is not accepted while work is graded: leave "
                "{name} out.",
                name=name,
                given=shown(given),
            )
    optional = ("batch_size", "steps_per_epoch", "validation_steps")
    for name, least in (("epochs", 0), *((name, 1) for name in optional)):
        given = arguments[name]
        if name in optional and given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
            raise FitRefused(
                "fit was given {name}={given}, expected a whole number from {least}.",
                name=name,
                given=shown(given),
                least=least,
            )


def validation_pair(given: Any) -> tuple[Any, Any]:
    """Images and labels of ``validation_data``; raises ``FitRefused``."""
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise FitRefused(
            "validation_data is {kind}, expected validation_data=(images, labels) or a dataset of "
            "these: while work is graded, weights of samples are not accepted.",
            kind=kind_of(given),
        )
    images, labels = given
    return images, labels


def validation_share(given: Any) -> float:
    """The number in ``validation_split``; raises ``FitRefused``."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise FitRefused(
            "fit was given validation_split={given}, expected a number between 0 and 1.",
            given=shown(given),
        )
    return float(given)


def expect_steps(name: str, steps: Any, size: int, batch_size: int) -> None:
    """Refuse a number of steps that is not one pass through the images; raises ``FitRefused``.

    A last batch that is not full may be left out, as by ``len(images) // 32``.
    """
    if steps is None or size // batch_size <= steps <= math.ceil(size / batch_size):
        return
    raise FitRefused(
        "fit was given {name}={given}. While work is graded, an epoch is one pass through the "
        "{size} images, {steps} steps: leave {name} out.",
        name=name,
        given=shown(steps),
        size=size,
        steps=math.ceil(size / batch_size),
    )
