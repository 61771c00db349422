"""The trainer: a referee in this process, which keeps every epoch in the store of runs."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from grader.errors import DeclarationRefused, RefereeError
from grader.model import Budget
from grader.referee.spec.contract import Epoch, Measures, Referee
from grader.referee.spec.recipe import NOTHING, Observation, Recipe
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.training import checkpoint, determinism
from grader.referee.training.course_images import CourseImages
from grader.referee.training.observer import Observer
from grader.referee.training.training import Training

LIVE = 3  # models that are kept as they are, for the epoch that is asked for next


class Runs(Protocol):
    """What the trainer needs of the store; see ``grader.referee.store.epoch_store``."""

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None."""

    def put(self, trained: TrainedEpoch) -> None:
        """Keep an epoch and the state that the next one starts from."""

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The state after that epoch, or None."""

    def measures(self, key: str) -> Measures | None:
        """What was measured of that epoch's weights, or None."""

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured."""

    def observed(self, key: str, observation: Observation) -> dict[str, float] | None:
        """What was observed of that epoch, or None."""

    def put_observed(self, key: str, observation: Observation, logs: Mapping[str, float]) -> None:
        """Keep what was observed."""

    def used(self, key: str, who: str) -> None:
        """Record that ``who`` used the epoch."""


class Trainer(Referee):
    """Trains what the store does not hold.

    An epoch goes on from the model that trained the one before where that is still in memory, else
    from the store's checkpoint, else from the nearest earlier epoch that has one; the epochs
    between are trained again. On one machine the weights are the same in each case, bit for bit.

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
        determinism.enable_determinism()
        self.environment = dict(environment or determinism.describe())
        self._images = CourseImages(data)
        self._observer = Observer(self._images, budget)
        self._store = store
        self._budget = budget
        self._live: OrderedDict[str, Training] = OrderedDict()

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """The last epoch of ``recipe``; see ``Referee``."""
        if recipe.epochs > self._budget.epochs:
            raise DeclarationRefused(
                "the model would be trained for {epochs} epochs: at most {most}, all calls of fit "
                "together. Ask for fewer epochs",
                epochs=recipe.epochs,
                most=self._budget.epochs,
            )
        key = self._key(recipe)
        epoch = self._store.epoch(key)
        if epoch is None or not self._metrics_known(key, observation):
            epoch = self._train(recipe, observation.metrics)
        logs = self._logs(recipe, epoch, observation)
        self._store.used(key, who)
        return replace(epoch, logs=logs)

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """How good the weights at the end of ``recipe`` are; see ``Referee``."""
        epoch = self.step(recipe, who)
        measures = self._store.measures(epoch.key)
        picked = any(fit.images.rows for fit in recipe.fits)
        if measures is None or (picked and measures.left_out_accuracy is None):
            measures = self._observer.measures(recipe, epoch)
            self._store.put_measures(epoch.key, measures)
        return measures

    def _metrics_known(self, key: str, observation: Observation) -> bool:
        """Whether the epoch need not be trained again to observe it."""
        asked = observation.training()
        return asked == NOTHING or self._store.observed(key, asked) is not None

    def _metrics(self, key: str, observation: Observation) -> dict[str, float]:
        """What was observed while the epoch was trained."""
        metrics = self._store.observed(key, observation.training())
        if metrics is None:
            raise RefereeError(
                f"the metrics of epoch {key[:12]} are not in the store of runs any more, where "
                "they were a moment ago: if runs were pruned meanwhile, grade again"
            )
        return metrics

    def _logs(self, recipe: Recipe, epoch: Epoch, observation: Observation) -> Mapping[str, float]:
        """What was observed of an epoch; a validation is carried out when first asked for."""
        logs = dict(epoch.logs)
        if observation.metrics:
            logs = self._metrics(epoch.key, observation)
        if observation.validation is None:
            return logs
        validation = self._store.observed(epoch.key, observation)
        if validation is None:
            validation = self._observer.validation(recipe, epoch, observation)
            self._store.put_observed(epoch.key, observation, validation)
        return logs | validation

    def _train(self, recipe: Recipe, metrics: str) -> Epoch:
        """Train the last epoch, and those before it that cannot be taken up.

        Args:
            recipe: of the epoch.
            metrics: to be observed on the way.
        """
        missing: list[Recipe] = []
        training: Training | None = None
        before: Recipe | None = recipe
        while before is not None and training is None:
            missing.append(before)
            before = before.before()
            training = None if before is None else self._taken_up(before, metrics)
        if training is None:
            training = Training(missing[-1], self._images, self._budget, metrics)
        for step in reversed(missing):
            epoch = self._epoch(training, step)
        self._live[epoch.key] = training
        while len(self._live) > LIVE:
            self._live.popitem(last=False)
        return epoch

    def _taken_up(self, recipe: Recipe, metrics: str) -> Training | None:
        """A training at the end of ``recipe``, for the caller alone."""
        key = self._key(recipe)
        live = self._live.get(key)
        if live is not None and metrics in ("", live.metrics):
            return self._live.pop(key)
        if (state := self._store.state(key)) is None:
            return None
        training = Training(recipe, self._images, self._budget, metrics)
        checkpoint.restore(training.model, state)
        return training

    def _epoch(self, training: Training, recipe: Recipe) -> Epoch:
        started = time.perf_counter()
        seen = training.epoch(recipe)
        epoch = Epoch(
            key=self._key(recipe),
            logs=seen.logs,
            seconds=time.perf_counter() - started,
            device=determinism.device(),
            fresh=True,
            weights=checkpoint.copies(training.model.weights),
        )
        before = recipe.before()
        parent = None if before is None else self._key(before)
        after = checkpoint.capture(training.model)
        self._store.put(TrainedEpoch(recipe, epoch, parent, after, self.environment))
        if seen.metrics:
            _expect_same(epoch, self._store.epoch(epoch.key))
            self._store.put_observed(epoch.key, Observation(training.metrics), seen.metrics)
        return epoch

    def _key(self, recipe: Recipe) -> str:
        return recipe.key(self.environment)


def _expect_same(epoch: Epoch, kept: Epoch | None) -> None:
    """Refuse to keep beside an epoch what was seen of another one."""
    if kept is not None and not all(
        mine.tobytes() == theirs.tobytes()
        for mine, theirs in zip(epoch.weights, kept.weights, strict=True)
    ):
        raise RefereeError(
            f"epoch {epoch.key[:12]} was trained again to observe metrics, and gave other weights "
            "than before: this machine does not compute the same bits each time. Grade with "
            "c.Course.backend on a CPU, or remove the run from the store"
        )
