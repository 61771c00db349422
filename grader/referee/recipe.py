"""What a training is made of, as plain data: the same recipe is the same training.

A recipe names everything that decides a training's outcome and nothing else: no layer names, no
student, no callback. What callbacks did is in it only as far as it changed the training: how many
epochs there were, and the learning rates that were set. So two students with the same network
share their epochs until their callbacks decide otherwise, and a recipe one epoch shorter is the
state from which the next epoch starts.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.errors import DeclarationRefused

FORMAT = 1
PARTS = ("train", "test")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Images:
    """Which of the course's images a fit was given, and how their numbers were scaled.

    Attributes:
        dataset: ``mnist`` or ``fashion_mnist``.
        part: ``train`` or ``test``.
        first: the first row.
        count: how many rows, one after the other.
        divisor: an image is given as ``raw / divisor + offset``, raw from 0 to 255; as float32.
        offset: see ``divisor``.
        shape: of one image as it was given, for example (28, 28, 1).
        one_hot: whether labels were given as rows of ten zeros and ones, else as numbers.
        digest: SHA-256 of the data set's arrays, so that both sides mean the same.
    """

    dataset: str
    part: str
    first: int
    count: int
    divisor: float
    offset: float
    shape: tuple[int, ...]
    one_hot: bool
    digest: str


@dataclass(frozen=True)
class Fit:
    """One call of ``fit``, as far as it has come.

    Attributes:
        compiled: canonical JSON of ``model.get_compile_config()``; see ``declaration``.
        images: what it trains on.
        validation: images that it is tried on after each epoch, or None.
        validation_split: the last part of ``images`` that is held back for that; 0.0: none.
        batch_size: images a step.
        shuffle: whether each epoch takes the images in another order.
        fresh_optimizer: whether the model was compiled anew since the fit before.
        learning_rates: one for each epoch that was run: what a callback set before it, or None
            where nobody touched it.
    """

    compiled: str
    images: Images
    validation: Images | None
    validation_split: float
    batch_size: int
    shuffle: bool
    fresh_optimizer: bool
    learning_rates: tuple[float | None, ...]


@dataclass(frozen=True)
class Recipe:
    """A network and every epoch that it was trained for.

    Attributes:
        network: canonical JSON of the network's declaration; see ``grader.referee.declaration``.
        fits: in order; together at least one epoch.
        seed: of the first weights, the order of images, and dropout.
    """

    network: str
    fits: tuple[Fit, ...]
    seed: int = 0

    @property
    def epochs(self) -> int:
        """How many epochs it is long, all fits together."""
        return sum(len(fit.learning_rates) for fit in self.fits)

    def before(self) -> Recipe | None:
        """The recipe one epoch shorter, or None where that leaves none."""
        *fits, last = self.fits
        if len(last.learning_rates) > 1:
            rates = last.learning_rates[:-1]
            return dataclasses.replace(
                self, fits=(*fits, dataclasses.replace(last, learning_rates=rates))
            )
        return dataclasses.replace(self, fits=tuple(fits)) if fits else None

    def upto(self, epochs: int) -> Recipe:
        """The recipe of the first ``epochs`` epochs, from 1 to all."""
        shorter: Recipe | None = self
        while shorter is not None and shorter.epochs > epochs:
            shorter = shorter.before()
        if shorter is None or shorter.epochs != epochs:
            raise ValueError(f"{epochs} epochs of {self.epochs}")
        return shorter

    def key(self, environment: Mapping[str, str]) -> str:
        """SHA-256 of the recipe and of the environment that it is trained in, in hexadecimal.

        Args:
            environment: what else decides over bits: Keras' version, backend, kind of device.
        """
        content = [FORMAT, dict(environment), dataclasses.asdict(self)]
        return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True)
class Epoch:
    """What the last epoch of a recipe gave.

    Attributes:
        key: the recipe's, in the environment where it was trained.
        logs: under Keras' names: ``loss``, the metrics, ``val_...``.
        seconds: that the epoch took when it was trained.
        device: that it was trained on, in words.
        fresh: whether it was trained now; else it was found in the store.
        weights: the model's after it, in the order of ``model.weights``.
    """

    key: str
    logs: Mapping[str, float]
    seconds: float
    device: str
    fresh: bool
    weights: tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Measures:
    """How good the weights at a recipe's end are, measured by the referee itself.

    Attributes:
        train_accuracy: share of the whole training set that is told right.
        test_accuracy: share of the whole test set.
        whole: whether every fit was given the whole training set; up to half of it may be held back
            by ``validation_split``.
        parameters: how many numbers ``model.weights`` holds.
    """

    train_accuracy: float
    test_accuracy: float
    whole: bool
    parameters: int


class Referee(Protocol):
    """Carries out trainings; the worker's client, or the trainer itself.

    Both methods raise ``DeclarationRefused`` where the student asked for what is not accepted or is
    over a budget, and ``RefereeError`` where the referee itself failed.
    """

    def step(self, recipe: Recipe, who: str) -> Epoch:
        """The last epoch of ``recipe``, trained now or found; ``who`` is written beside it."""

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """How good the weights at the end of ``recipe`` are."""


def canonical(content: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, no NaN."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dump(recipe: Recipe) -> dict[str, Any]:
    """The recipe as JSON's types; ``parse`` reads it."""
    return dataclasses.asdict(recipe)


def parse(found: Any) -> Recipe:
    """Read what ``dump`` wrote, believing none of it.

    Raises:
        DeclarationRefused: it is no recipe, or says what no recipe may say.
    """
    try:
        fits = tuple(_fit(one) for one in _expect(found["fits"], list))
        recipe = Recipe(_expect(found["network"], str), fits, _natural(found["seed"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DeclarationRefused(f"no recipe of a training: {error!s:.200}") from error
    if not recipe.fits or any(not fit.learning_rates for fit in recipe.fits):
        raise DeclarationRefused("a recipe of no epochs")
    return recipe


def _fit(found: Any) -> Fit:
    validation = found["validation"]
    rates = _expect(found["learning_rates"], list)
    return Fit(
        compiled=_expect(found["compiled"], str),
        images=images(found["images"]),
        validation=None if validation is None else images(validation),
        validation_split=_number(found["validation_split"], 0.0, 0.99),
        batch_size=_natural(found["batch_size"], least=1),
        shuffle=_expect(found["shuffle"], bool),
        fresh_optimizer=_expect(found["fresh_optimizer"], bool),
        learning_rates=tuple(None if rate is None else _number(rate, 0.0, 1e6) for rate in rates),
    )


def images(found: Any) -> Images:
    """Read one ``Images``; ``KeyError``, ``TypeError`` or ``ValueError`` say that it is none."""
    read = Images(
        dataset=_expect(found["dataset"], str),
        part=_expect(found["part"], str),
        first=_natural(found["first"]),
        count=_natural(found["count"], least=1),
        divisor=_number(found["divisor"], -1e6, 1e6),
        offset=_number(found["offset"], -1e6, 1e6),
        shape=tuple(_natural(size, least=1) for size in _expect(list(found["shape"]), list)),
        one_hot=_expect(found["one_hot"], bool),
        digest=_expect(found["digest"], str),
    )
    if read.part not in PARTS or math.prod(read.shape) != 28 * 28 or abs(read.divisor) < 1e-6:
        raise ValueError(f"images that the course does not have: {read!s:.150}")
    return read


def _expect(found: Any, kind: type[_T]) -> _T:
    if type(found) is not kind:
        raise TypeError(f"expected {kind.__name__}, received {found!r:.60}")
    return found


def _natural(found: Any, least: int = 0) -> int:
    if not least <= _expect(found, int) < 2**31:
        raise ValueError(f"expected a number from {least}, received {found}")
    return int(found)


def _number(found: Any, least: float, most: float) -> float:
    number = float(found) if type(found) in (int, float) else math.nan
    if not least <= number <= most:  # NaN is in no range
        raise ValueError(f"expected a number from {least:g} to {most:g}, received {found!r:.60}")
    return number


def digest(arrays: Any) -> str:
    """SHA-256 of a data set as ``grader.datasets.load`` gives it, for ``Images.digest``."""
    found = hashlib.sha256()
    for images_and_labels in arrays:
        for array in images_and_labels:
            found.update(f"{array.dtype.str}{array.shape}".encode())
            found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
