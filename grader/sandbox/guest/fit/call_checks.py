"""Refuses arguments of ``fit`` that the referee does not accept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..course_images.images import FitRefused

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
                f"fit was given {name}={given!r:.60}, which is not accepted while work is "
                f"graded: leave {name} out."
            )
    optional = ("batch_size", "steps_per_epoch", "validation_steps")
    for name, least in (("epochs", 0), *((name, 1) for name in optional)):
        given = arguments[name]
        if name in optional and given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
            raise FitRefused(
                f"fit was given {name}={given!r:.60}, expected a whole number from {least}."
            )


def validation_pair(given: Any) -> tuple[Any, Any]:
    """Images and labels of ``validation_data``; raises ``FitRefused``."""
    if not isinstance(given, list | tuple) or len(given) != 2:
        kind = f"{len(given)} parts" if isinstance(given, list | tuple) else type(given).__name__
        raise FitRefused(
            f"validation_data is {kind}, expected validation_data=(images, labels) or a dataset of "
            "these: while work is graded, weights of samples are not accepted."
        )
    images, labels = given
    return images, labels


def validation_share(given: Any) -> float:
    """The number in ``validation_split``; raises ``FitRefused``."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise FitRefused(
            f"fit was given validation_split={given!r:.60}, expected a number between 0 and 1."
        )
    return float(given)


def expect_steps(name: str, steps: Any, size: int, batch_size: int) -> None:
    """Refuse a number of steps that is not one pass through the images; raises ``FitRefused``.

    A last batch that is not full may be left out, as by ``len(images) // 32``.
    """
    if steps is None or size // batch_size <= steps <= math.ceil(size / batch_size):
        return
    raise FitRefused(
        f"fit was given {name}={steps!r:.60}. While work is graded, an epoch is one pass through "
        f"the {size} images, {math.ceil(size / batch_size)} steps: leave {name} out."
    )
