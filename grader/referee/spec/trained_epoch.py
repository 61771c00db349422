"""An epoch as it goes into a store of runs: its result, and the checkpoint after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from grader.referee.spec.contract import Epoch
from grader.referee.spec.recipe import Recipe


@dataclass(frozen=True)
class TrainedEpoch:
    """One epoch, and what the next one starts from.

    Attributes:
        recipe: what was trained, up to this epoch.
        epoch: the result; its key is the recipe's.
        parent_key: the key of the epoch before, or None for a first one.
        state: every variable of the trainer's after the epoch: weights, optimizer, seeds.
        environment: that the keys were made with.
    """

    recipe: Recipe
    epoch: Epoch
    parent_key: str | None
    state: Sequence[NDArray[Any]]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of the epoch."""
        return self.epoch.key
