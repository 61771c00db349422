"""The referee that trains in this very process, and keeps every epoch in the store of runs."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee import environments, state
from grader.referee.course_images import CourseImages
from grader.referee.recipe import Epoch, Fit, Measures, Recipe, Referee
from grader.referee.training import Training

# Holding images back to look at while training is good practice; training on few is not.
MOST_HELD_BACK = 0.5
LIVE = 3  # models that are kept as they are, for the epoch that is asked for next


class Runs(Protocol):
    """What the trainer needs of the store; see ``grader.referee.store``."""

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None."""

    def put(
        self,
        key: str,
        recipe: Recipe,
        parent_key: str | None,
        epoch: Epoch,
        state: Sequence[NDArray[Any]],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Keep an epoch and the state that the next one starts from."""

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The state after that epoch, or None."""

    def measures(self, key: str) -> Measures | None:
        """What was measured of that epoch's weights, or None."""

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured."""

    def used(self, key: str, who: str) -> None:
        """Write down that ``who`` used the epoch."""


class Trainer(Referee):
    """Trains what the store does not hold.

    An epoch goes on from the model that trained the one before where that is still there, else from
    the store's checkpoint, else from the nearest epoch before that has one; what lies between is
    trained anew. On one machine the weights are the same, bit for bit, whichever way they came.

    Logs are plain floats and may be NaN or infinite, as Keras' are.

    Args:
        data: the data folder, see ``grader.datasets``.
        store: of runs.
        budget: what one training may cost.
        environment: what keys are made with; by default what is found here.
    """

    def __init__(
        self,
        data: Path,
        store: Runs,
        budget: Budget,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        environments.hold_still()
        self.environment = dict(environment or environments.describe())
        self._images = CourseImages(data)
        self._store = store
        self._budget = budget
        self._live: OrderedDict[str, Training] = OrderedDict()

    def step(self, recipe: Recipe, who: str) -> Epoch:
        """The last epoch of ``recipe``; see ``Referee``."""
        if recipe.epochs > self._budget.epochs:
            raise DeclarationRefused(
                f"the model would be trained for {recipe.epochs} epochs: at most "
                f"{self._budget.epochs}, all calls of fit together. Ask for fewer epochs"
            )
        key = self._key(recipe)
        epoch = self._store.epoch(key) or self._train(recipe)
        self._store.used(key, who)
        return epoch

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """How good the weights at the end of ``recipe`` are; see ``Referee``."""
        epoch = self.step(recipe, who)
        found = self._store.measures(epoch.key)
        if found is None:
            found = self._measured(recipe, epoch)
            self._store.put_measures(epoch.key, found)
        return found

    def _train(self, recipe: Recipe) -> Epoch:
        """Train the last epoch, and those before it that cannot be taken up."""
        missing: list[Recipe] = []
        training: Training | None = None
        before: Recipe | None = recipe
        while before is not None and training is None:
            missing.append(before)
            before = before.before()
            training = None if before is None else self._taken_up(before)
        if training is None:
            training = Training(missing[-1], self._images, self._budget)
        for one in reversed(missing):
            epoch = self._epoch(training, one)
        self._live[epoch.key] = training
        while len(self._live) > LIVE:
            self._live.popitem(last=False)
        return epoch

    def _taken_up(self, recipe: Recipe) -> Training | None:
        """A training that stands at the end of ``recipe``; nobody else has it."""
        key = self._key(recipe)
        if (training := self._live.pop(key, None)) is not None:
            return training
        if (found := self._store.state(key)) is None:
            return None
        training = Training(recipe, self._images, self._budget)
        state.restore(training.model, found)
        return training

    def _epoch(self, training: Training, recipe: Recipe) -> Epoch:
        started = time.perf_counter()
        logs = training.epoch(recipe)
        epoch = Epoch(
            key=self._key(recipe),
            logs=logs,
            seconds=time.perf_counter() - started,
            device=environments.device(),
            fresh=True,
            weights=state.copies(training.model.weights),
        )
        before = recipe.before()
        parent = None if before is None else self._key(before)
        after = state.capture(training.model)
        self._store.put(epoch.key, recipe, parent, epoch, after, environment=self.environment)
        return epoch

    def _measured(self, recipe: Recipe, epoch: Epoch) -> Measures:
        fit = recipe.fits[-1]
        model = self._model(recipe, epoch)
        shares = []
        for part in ("train", "test"):
            images, labels = self._images.whole(fit.images, part)
            told = model.predict(images, batch_size=min(256, fit.batch_size * 8), verbose=0)
            shares.append(float(np.mean(told.argmax(-1) == labels)))
        return Measures(
            train_accuracy=shares[0],
            test_accuracy=shares[1],
            whole=all(map(self._whole, recipe.fits)),
            parameters=sum(math.prod(weight.shape) for weight in epoch.weights),
        )

    def _model(self, recipe: Recipe, epoch: Epoch) -> Any:
        if (training := self._live.get(epoch.key)) is not None:
            return training.model
        model = Training(recipe, self._images, self._budget).model
        model.set_weights(epoch.weights)
        return model

    def _whole(self, fit: Fit) -> bool:
        there = self._images.count(fit.images)
        held_back = 0.0 if fit.validation is not None else fit.validation_split
        return (fit.images.first, fit.images.count) == (0, there) and held_back <= MOST_HELD_BACK

    def _key(self, recipe: Recipe) -> str:
        return recipe.key(self.environment)
