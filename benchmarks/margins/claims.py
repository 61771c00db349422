"""The claims that rest on a training's numbers, and how far measured trainings are from them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.margins import fitted
from benchmarks.margins.fitted import Miss
from benchmarks.margins.networks import CNN, DNN
from benchmarks.margins.results import Result
from benchmarks.margins.train import EPOCHS, TARGET
from grader.checks.unseen_images import LUCK

Groups: TypeAlias = Mapping[tuple[str, str, str], Sequence[Result]]
"""Trainings by data set, network and backend."""

_HALF = math.log(EPOCHS["mnist"] + 0.5)  # epochs are whole numbers: 19 is in time, 20 is not
_ROUNDED = 1 / math.sqrt(12)  # the deviation of what rounding to whole epochs adds


@dataclass(frozen=True)
class Margin:
    """How far the trainings of one network on one backend are from one threshold.

    Attributes:
        claim: its name, and which threshold of it.
        network: by its name.
        backend: that trained.
        values: one of each training.
        show: how a value is written.
        limit: what is measured, and the threshold, in words.
        missed: how many trainings missed it.
        miss: the probability of a miss, or None where nothing can be said.
        up: whether a greater value is better.
    """

    claim: str
    network: str
    backend: str
    values: tuple[float, ...]
    show: Callable[[float], str]
    limit: str
    missed: int
    miss: Miss | None
    up: bool

    @property
    def median(self) -> str:
        """The value in the middle."""
        return self.show(statistics.median(self.values))

    @property
    def best(self) -> str:
        """The value that is farthest from the threshold on the right side."""
        return self.show((max if self.up else min)(self.values))

    @property
    def worst(self) -> str:
        """The value that is nearest to the threshold, or farthest beyond."""
        return self.show((min if self.up else max)(self.values))


def grouped(results: Sequence[Result]) -> Groups:
    """Trainings of one network on one backend together."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.dataset, result.network, result.backend), []).append(result)
    return groups


def reached(result: Result) -> int | None:
    """The first epoch above the target, counted from 1; None: no epoch was."""
    hits = (epoch for epoch, accuracy in enumerate(result.curve, 1) if accuracy > TARGET)
    return next(hits, None)


def margins(groups: Groups, chosen: Sequence[str]) -> Iterator[Margin]:
    """All margins of the ``mnist`` networks with the chosen names, and of Fashion-MNIST's two."""
    for (dataset, network, backend), some in groups.items():
        if dataset == "mnist" and network in chosen:
            yield _epochs(network, backend, some)
            yield _accuracy("**`generalises`**", (network, backend), some, minimum=0.98)
    for (dataset, network, backend), some in groups.items():
        if (dataset, network) == (CNN.dataset, CNN.name):
            key = network, backend
            yield _accuracy("**`cnn_beats_dnn`**, minimum", key, some, minimum=0.89)
            yield from _better(backend, some, groups.get((DNN.dataset, DNN.name, backend), ()))


def _epochs(network: str, backend: str, some: Sequence[Result]) -> Margin:
    """``reaches_998``: a run that came near is trained with two more seeds."""
    hits = [reached(result) for result in some]
    values = tuple(float(hit or EPOCHS["mnist"] + 1) for hit in hits)
    mean = statistics.fmean(values)
    logarithms = [math.log(value) for value in values]
    # A training that did not reach it says only that it takes more epochs: nothing is fitted.
    censored = None in hits
    chance = None if censored else fitted.miss(logarithms, _HALF, 3, least=_ROUNDED / mean)
    return Margin(
        claim="**`reaches_998`**",
        network=network,
        backend=backend,
        values=values,
        show=_epoch,
        limit="the first epoch above 0.998, of 19",
        missed=hits.count(None),
        miss=chance,
        up=False,
    )


def _accuracy(claim: str, key: tuple[str, str], some: Sequence[Result], minimum: float) -> Margin:
    """A least accuracy on test images, of two seeds where the first just misses it.

    Errors are compared by their logarithms.
    """
    network, backend = key
    values = tuple(result.test_accuracy for result in some)
    errors, limit = [math.log(1 - value) for value in values], math.log(1 - minimum)
    return Margin(
        claim=claim,
        network=network,
        backend=backend,
        values=values,
        show=lambda value: f"{value:.4f}",
        limit=f"accuracy on test images, at least {minimum:g}",
        missed=sum(value < minimum for value in values),
        miss=fitted.miss(errors, limit, 2, near=limit + math.log(1 + LUCK)),
        up=True,
    )


def _better(
    backend: str, convolutional: Sequence[Result], dense: Sequence[Result]
) -> Iterator[Margin]:
    """``cnn`` above ``dnn``, both with the same seed."""
    by_seed = {result.seed: result.test_accuracy for result in dense}
    pairs = [
        (result.test_accuracy, by_seed[result.seed])
        for result in convolutional
        if result.seed in by_seed
    ]
    if not pairs:
        return
    gains = tuple(cnn - dnn for cnn, dnn in pairs)
    yield Margin(
        claim="**`cnn_beats_dnn`**, comparison",
        network=CNN.name,
        backend=backend,
        values=gains,
        show=lambda value: f"{value:+.4f}",
        limit="accuracy on test images less that of `dnn`, above 0",
        missed=sum(not gain > 0 for gain in gains),
        miss=fitted.miss([-gain for gain in gains], 0.0),
        up=True,
    )


def _epoch(value: float) -> str:
    return f"{value:g}" if value <= EPOCHS["mnist"] else "none"
