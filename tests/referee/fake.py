"""A referee that trains nothing: made-up logs, and weights that look like those of a network."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import RefereeError
from grader.model import Budget
from grader.referee.spec import declaration
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import NOTHING, Observation, Recipe

ENVIRONMENT = {"backend": "fake"}


class FakeReferee:
    """A ``grader.referee.spec.contract.Referee``; the same recipe always gives the same epoch.

    Attributes:
        steps: every recipe that an epoch was asked of.
        observed: what was to be observed of each.
        later: whether others were to be served before.
        measured: every recipe that measures were asked of.
        seconds: that an epoch takes.
        broken: how it fails, or the empty string.
        accuracy: of the epoch with a number, counted from 1.
        test_accuracy: of every network.
    """

    def __init__(self) -> None:
        self.steps: list[Recipe] = []
        self.observed: list[Observation] = []
        self.later: list[bool] = []
        self.measured: list[Recipe] = []
        self.seconds = 0.0
        self.broken = ""
        self.test_accuracy = 0.9
        self.accuracy: Callable[[int], float] = lambda epoch: 1.0 - 0.5**epoch

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """Make up the last epoch of ``recipe``."""
        self._expect_whole()
        known = recipe in self.steps
        self.steps.append(recipe)
        time.sleep(self.seconds)
        accuracy = self.accuracy(recipe.epochs) + recipe.seed * 1e-3
        logs = {"loss": 1.0 - accuracy, "accuracy": accuracy}
        self.observed.append(observation)
        self.later.append(later)
        if observation.validation is not None:
            logs |= {"val_loss": 1.1 - accuracy, "val_accuracy": accuracy - 0.1}
        key = recipe.key(ENVIRONMENT)
        return Epoch(key, logs, 2.0, "no device", not known, _weights(recipe, key))

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """Make up how good the end of ``recipe`` is."""
        self._expect_whole()
        self.measured.append(recipe)
        whole = all(fit.images.part == "train" and not fit.validation_split for fit in recipe.fits)
        return Measures(self.accuracy(recipe.epochs), self.test_accuracy, whole, 7850)

    def _expect_whole(self) -> None:
        if self.broken:
            raise RefereeError(self.broken)


def _weights(recipe: Recipe, key: str) -> tuple[NDArray[Any], ...]:
    draw = np.random.default_rng(list(hashlib.sha256(key.encode()).digest()))
    shapes = _shapes(recipe.network, recipe.fits[0].compiled)
    return tuple(draw.normal(size=shape).astype(np.float32) for shape in shapes)


@cache
def _shapes(network: str, compiled: str) -> tuple[tuple[int, ...], ...]:
    model = declaration.build_compiled(network, compiled, Budget())
    return tuple(tuple(weight.shape) for weight in model.weights)
