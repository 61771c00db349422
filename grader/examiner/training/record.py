"""The record of one model's trainings, as they were carried out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec.structs import replace

from grader.model import Run
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.observed import Observed
from grader.referee.spec.recipe import Fit, Recipe


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
    """One call of ``fit`` and, in ``earlier`` and ``past``, the model's trainings before it.

    ``observed`` is what this call shows of an epoch. It has no part in what is trained. ``classes``
    are the numbers of the callbacks' classes, in the order of ``callbacks``; empty: unknown.
    """

    network: str
    earlier: tuple[Fit, ...]
    fit: Fit
    past: list[Past]
    asked: int
    callbacks: tuple[str, ...]
    observed: Observed = field(default_factory=Observed)
    stopped: bool = False
    ended: bool = False
    seed: int = field(default=0)
    classes: tuple[int, ...] = ()

    @property
    def fits(self) -> tuple[Fit, ...]:
        """The fits with at least one finished epoch."""
        return (*self.earlier, self.fit) if self.fit.learning_rates else self.earlier

    def has_callback(self, names: Set[str], number: int | None) -> bool:
        """Whether a callback of a class of one of these names, and of this number, took part."""
        numbers = self.classes or (number,) * len(self.callbacks)
        return any(
            name in names and number in (None, its)
            for name, its in zip(self.callbacks, numbers, strict=False)
        )

    def recipe(self, epochs: int | None = None) -> Recipe:
        """What the referee is asked for: all epochs so far, or the first ``epochs``."""
        whole = Recipe(self.network, self.fits, self.seed)
        return whole if epochs is None else whole.upto(epochs)

    def longer(self, rate: float | None) -> Recipe:
        """The recipe with one epoch more."""
        rates = (*self.fit.learning_rates, rate)
        fit = replace(self.fit, learning_rates=rates)
        return Recipe(self.network, (*self.earlier, fit), self.seed)

    def add(self, recipe: Recipe, epoch: Epoch) -> Mapping[str, float]:
        """Take over the epoch that the referee gave for ``recipe``; returns the student's logs."""
        self.fit = recipe.fits[-1]
        logs, digest = self.observed.logs(epoch.logs), sha256(epoch.weights)
        self.past.append(Past(epoch.key, logs, epoch.seconds, epoch.device, epoch.fresh, digest))
        return logs

    def run(self, measures: Measures | None, allowed: int = 0) -> Run:
        """What checks and reports are told.

        Args:
            measures: where the referee was asked for them.
            allowed: how many epochs one model may be trained for.
        """
        past = self.past
        return Run(
            key=past[-1].key,
            logs=tuple(epoch.logs for epoch in past),
            fits=tuple(len(fit.learning_rates) for fit in self.fits),
            callbacks=self.callbacks,
            asked=self.asked,
            stopped=self.stopped,
            whole=None if measures is None else measures.whole,
            train_accuracy=None if measures is None else measures.train_accuracy,
            test_accuracy=None if measures is None else measures.test_accuracy,
            parameters=0 if measures is None else measures.parameters,
            seconds=sum(epoch.seconds for epoch in past),
            device=past[-1].device,
            fresh=sum(epoch.fresh for epoch in past),
            allowed=allowed,
        )


def sha256(weights: Sequence[Any]) -> str:
    """SHA-256 of a model's weights, in order, with their types and shapes."""
    digest = hashlib.sha256()
    for weight in weights:
        digest.update(f"{weight.dtype.str}{weight.shape}".encode())
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()
