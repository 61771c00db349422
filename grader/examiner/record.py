"""One model's trainings as they were carried out: what is kept of them, and what they come to."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.model import Run
from grader.referee.recipe import Epoch, Fit, Measures, Recipe


@dataclass(frozen=True)
class Past:
    """What stays of an epoch: the record, without its weights."""

    key: str
    logs: Mapping[str, float]
    seconds: float
    device: str
    fresh: bool
    weights_sha256: str


@dataclass
class Training:
    """One call of ``fit`` and, in ``earlier`` and ``past``, the model's trainings before it."""

    network: str
    earlier: tuple[Fit, ...]
    fit: Fit
    past: list[Past]
    asked: int
    callbacks: tuple[str, ...]
    stopped: bool = False
    ended: bool = False
    seed: int = field(default=0)

    @property
    def fits(self) -> tuple[Fit, ...]:
        """Those that have come to an epoch."""
        return (*self.earlier, self.fit) if self.fit.learning_rates else self.earlier

    def recipe(self, epochs: int | None = None) -> Recipe:
        """What the referee is asked for: all epochs so far, or the first ``epochs``."""
        whole = Recipe(self.network, self.fits, self.seed)
        return whole if epochs is None else whole.upto(epochs)

    def longer(self, rate: float | None) -> Recipe:
        """The recipe with one epoch more."""
        rates = (*self.fit.learning_rates, rate)
        fit = dataclasses.replace(self.fit, learning_rates=rates)
        return Recipe(self.network, (*self.earlier, fit), self.seed)

    def add(self, recipe: Recipe, epoch: Epoch) -> None:
        """Take over the epoch that the referee gave for ``recipe``."""
        self.fit = recipe.fits[-1]
        digest = sha256(epoch.weights)
        self.past.append(
            Past(epoch.key, epoch.logs, epoch.seconds, epoch.device, epoch.fresh, digest)
        )

    def run(self, measures: Measures | None) -> Run:
        """What checks and reports are told; ``measures`` where the referee was asked for them."""
        past = self.past
        return Run(
            key=past[-1].key,
            logs=tuple(one.logs for one in past),
            fits=tuple(len(fit.learning_rates) for fit in self.fits),
            callbacks=self.callbacks,
            asked=self.asked,
            stopped=self.stopped,
            whole=None if measures is None else measures.whole,
            train_accuracy=None if measures is None else measures.train_accuracy,
            test_accuracy=None if measures is None else measures.test_accuracy,
            parameters=0 if measures is None else measures.parameters,
            seconds=sum(one.seconds for one in past),
            device=past[-1].device,
            fresh=sum(one.fresh for one in past),
        )


def sha256(weights: Sequence[Any]) -> str:
    """SHA-256 of a model's weights, in order, with their types and shapes."""
    found = hashlib.sha256()
    for weight in weights:
        found.update(f"{weight.dtype.str}{weight.shape}".encode())
        found.update(np.ascontiguousarray(weight).tobytes())
    return found.hexdigest()
