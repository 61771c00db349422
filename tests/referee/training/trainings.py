"""Trainings on a small data set, for tests of the trainer."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.referee.spec.contract import Epoch
from grader.referee.spec.recipe import NOTHING, Observation, Recipe
from grader.referee.training.trainer import Trainer

HOW: dict[str, dict[str, Any]] = {
    "adam": {},
    "momentum and schedule": {
        "optimizer": keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9), momentum=0.9
        )
    },
    "accumulating": {"optimizer": keras.optimizers.RMSprop(gradient_accumulation_steps=4)},
}


def same(epoch: Epoch, other: Epoch) -> bool:
    """Whether two epochs gave the same, to the last bit."""
    return epoch.logs == other.logs and all(
        mine.dtype == theirs.dtype and mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(epoch.weights, other.weights, strict=True)
    )


def same_weights(epoch: Epoch, other: Epoch) -> bool:
    """Whether two epochs ended in the same weights."""
    return all(map(np.array_equal, epoch.weights, other.weights))


def all_steps(trainer: Trainer, recipe: Recipe, observation: Observation = NOTHING) -> Epoch:
    """As the student's side asks: one epoch after the other."""
    for epochs in range(1, recipe.epochs + 1):
        epoch = trainer.step(recipe.upto(epochs), "ada", observation)
    return epoch


def linear() -> Any:
    """A network without an activation."""
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), dense(10)])


def dense(units: int, **how: Any) -> Any:
    """One layer."""
    return keras.layers.Dense(units, **how)
