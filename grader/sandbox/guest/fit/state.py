"""What the kernel remembers of a model's last training, for the fit that continues it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..course_images.refused import FitRefused
from ..keras_models import adapted


@dataclass
class TrainingState:
    """The last training of one model.

    Attributes:
        number: that the referee gave it.
        optimizer: the model's own while it was trained.
        compiled: the compile configuration that was sent, as JSON.
        rate: the learning rate that the referee knows; None where a schedule sets it.
        weights: after the last epoch; None where no epoch was computed.
    """

    number: int
    optimizer: Any
    compiled: str | None
    rate: float | None
    weights: list[Any] | None


def learning_rate(model: Any) -> float | None:
    """The optimizer's learning rate, if it is a number that callbacks may set."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return float(np.asarray(rate)) if hasattr(rate, "assign") else None


def expect_own_weights(model: Any, state: TrainingState) -> None:
    """Refuse to continue from weights that are not the referee's; raises ``FitRefused``."""
    if state.weights is None:
        return
    current = [np.asarray(weight) for weight in adapted.weights(model)]
    same = len(current) == len(state.weights) and all(
        own.shape == trained.shape and own.tobytes() == trained.tobytes()
        for own, trained in zip(current, state.weights, strict=True)
    )
    if not same:
        raise FitRefused(
            "The model's weights were changed since its last epoch, for example by set_weights or "
            "EarlyStopping(restore_best_weights=True). While work is graded, training goes on only "
            "from where it ended: call fit once, or build the model again and train it in one go."
        )
