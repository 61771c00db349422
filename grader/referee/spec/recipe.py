"""The recipe of a training, as plain data: the same recipe is the same training.

A recipe names everything that decides a training's outcome and nothing else: no layer names, no
student, no callback, nothing that is only observed (metrics, validation: ``observation``). Of
callbacks it has only their effect on the training: how many epochs there were, and the learning
rates that were set. So two students with the same network share their epochs until their callbacks
decide differently, and a recipe one epoch shorter describes the state from which the next epoch
starts.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from grader.errors import DeclarationRefused
from grader.referee.spec import fields
from grader.referee.spec.fields import Count, Index, LearningRate, ValidationSplit
from grader.referee.spec.images import Images

FORMAT = 2  # 1 had metrics and validation in it: its keys match no recipe of today


class Fit(Struct, frozen=True, forbid_unknown_fields=True):
    """One call of ``fit``, as far as it has come.

    What is read has at least one epoch; a fit that has just begun has none yet.

    Attributes:
        compiled: canonical JSON of optimizer, loss and loss weight; see ``declaration.compiled``.
        images: what it trains on.
        validation_split: the last part of ``images`` that it is not trained on; 0.0: none.
        batch_size: images a step.
        shuffle: whether each epoch takes the images in another order.
        fresh_optimizer: whether the model was compiled again since the fit before.
        learning_rates: one for each epoch that was run: what a callback set before it, or None
            where it was left alone.
    """

    compiled: str
    images: Images
    validation_split: ValidationSplit
    batch_size: Count
    shuffle: bool
    fresh_optimizer: bool
    learning_rates: Annotated[tuple[LearningRate | None, ...], Meta(min_length=1)]

    @property
    def trained_on(self) -> int:
        """How many images an epoch passes over, as Keras splits them; may be 0."""
        return math.floor(self.images.count * (1 - self.validation_split))


class Observation(Struct, frozen=True, forbid_unknown_fields=True):
    """What is observed of an epoch besides its loss and accuracy. It changes no weight.

    Attributes:
        metrics: canonical JSON of all ``metrics`` and ``weighted_metrics`` that a model was
            compiled with, where the accuracy does not stand for them; see ``observed``. Else empty.
        validation: images on which the weights after the epoch are tried, or None.
    """

    metrics: str = ""
    validation: Images | None = None

    def training(self) -> Observation:
        """The part of it that only going through the epoch can tell."""
        return Observation(self.metrics)


NOTHING = Observation()


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A network and every epoch that it was trained for.

    Attributes:
        network: canonical JSON of the network's declaration; see
        ``grader.referee.spec.declaration``.
        fits: in order; together at least one epoch.
        seed: of the first weights, the order of images, and dropout.
    """

    network: str
    fits: Annotated[tuple[Fit, ...], Meta(min_length=1)]
    seed: Index = 0

    @property
    def epochs(self) -> int:
        """How many epochs it is long, all fits together."""
        return sum(len(fit.learning_rates) for fit in self.fits)

    def before(self) -> Recipe | None:
        """The recipe one epoch shorter, or None where that leaves none."""
        *fits, last = self.fits
        if len(last.learning_rates) > 1:
            rates = last.learning_rates[:-1]
            return replace(self, fits=(*fits, replace(last, learning_rates=rates)))
        return replace(self, fits=tuple(fits)) if fits else None

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
        content = [FORMAT, dict(environment), dump(self)]
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()


_DECODER = msgspec.json.Decoder(Recipe)


def canonical_json(content: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no NaN."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dump(recipe: Recipe) -> dict[str, Any]:
    """The recipe as JSON's types; ``parse`` reads it."""
    content: dict[str, Any] = msgspec.to_builtins(recipe)
    return content


def parse(content: Any) -> Recipe:
    """Read what ``dump`` wrote, or the same from JSON, believing none of it.

    Raises:
        DeclarationRefused: it is no recipe, or a value is out of its range.
    """
    try:
        return fields.read(Recipe, content)
    except ValueError as error:
        raise DeclarationRefused("no recipe of a training: {error}", error=error) from error


def parse_json(text: bytes | msgspec.Raw) -> Recipe:
    """As ``parse``, from JSON."""
    try:
        return fields.read_json(_DECODER, text)
    except ValueError as error:
        raise DeclarationRefused("no recipe of a training: {error}", error=error) from error
