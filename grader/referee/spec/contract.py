"""What a referee is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec import Struct
from numpy.typing import NDArray

from grader.referee.spec.recipe import NOTHING, Observation, Recipe


@dataclass(frozen=True)
class Epoch:
    """The result of a recipe's last epoch.

    Attributes:
        key: the recipe's, in the environment where it was trained.
        logs: ``loss`` and ``accuracy``, and with ``val_`` before them those of a validation. Where
            an observation names metrics, all that Keras logs for these.
        seconds: that the epoch took when it was trained.
        device: that it was trained on, in words.
        fresh: whether it was trained now, perhaps only to observe it; else it was found.
        weights: the model's after it, in the order of ``model.weights``.
    """

    key: str
    logs: Mapping[str, float]
    seconds: float
    device: str
    fresh: bool
    weights: tuple[NDArray[Any], ...]


class Measures(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How good the weights at a recipe's end are, measured by the referee itself.

    Attributes:
        train_accuracy: share of the whole training set that is classified correctly.
        test_accuracy: share of the whole test set.
        whole: whether every fit was given the whole training set. Up to half of it may be held
            back, by ``validation_split`` or by hand; where the images that stay do not stand one
            after the other, those held back may not be the hard ones: see ``left_out_accuracy``.
        parameters: how many numbers ``model.weights`` holds.
        left_out_accuracy: share of the images that were held back by such a choice; None: there
            were none, or a former version measured, to which such a part was never the whole.
    """

    train_accuracy: float
    test_accuracy: float
    whole: bool
    parameters: int
    left_out_accuracy: float | None = None


class Referee(Protocol):
    """Carries out trainings; the worker's client, or the trainer itself.

    Both methods raise ``DeclarationRefused`` where the student asked for what is not accepted or is
    over a budget, and ``RefereeError`` where the referee itself failed.
    """

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """The last epoch of ``recipe``, trained now or found.

        Args:
            recipe: what to train.
            who: is written beside it.
            observation: what its logs hold besides loss and accuracy.
            later: whether others, who train for the first time, are served before.
        """

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """How good the weights at the end of ``recipe`` are."""
