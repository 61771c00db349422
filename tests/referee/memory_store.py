"""The store of runs in memory, which says what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import Observation, Recipe
from grader.referee.spec.trained_epoch import TrainedEpoch


class MemoryStore:
    """Keeps epochs as ``epoch_store.Store`` does: only the state of the end of a chain."""

    def __init__(self) -> None:
        self.epochs: dict[str, Epoch] = {}
        self.states: dict[str, tuple[NDArray[Any], ...]] = {}
        self.recipes: list[Recipe] = []
        self.measured: dict[str, Measures] = {}
        self.seen: dict[tuple[str, Observation], dict[str, float]] = {}
        self.users: list[tuple[str, str]] = []

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None."""
        found = self.epochs.get(key)
        return None if found is None else replace(found, fresh=False)

    def put(self, trained: TrainedEpoch) -> None:
        """Keep an epoch, and drop the state of the one before."""
        assert trained.key == trained.recipe.key(trained.environment)
        assert (trained.parent_key is None) == (trained.recipe.epochs == 1)
        self.epochs[trained.key] = trained.epoch
        self.states[trained.key] = tuple(trained.state)
        self.states.pop(trained.parent_key or "", None)
        self.recipes.append(trained.recipe)

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The state after that epoch, or None."""
        return self.states.get(key)

    def measures(self, key: str) -> Measures | None:
        """What was measured, or None."""
        return self.measured.get(key)

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured."""
        self.measured[key] = measures

    def observed(self, key: str, observation: Observation) -> dict[str, float] | None:
        """What was observed, or None."""
        return self.seen.get((key, observation))

    def put_observed(self, key: str, observation: Observation, logs: Mapping[str, float]) -> None:
        """Keep what was observed."""
        self.seen[key, observation] = dict(logs)

    def used(self, key: str, who: str) -> None:
        """Write down who used an epoch."""
        self.users.append((key, who))
