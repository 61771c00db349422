"""The store of runs in memory, which says what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from grader.referee.recipe import Epoch, Measures, Recipe


class MemoryStore:
    """Keeps epochs as ``grader.referee.store.Store`` does: of a chain, only the end's state."""

    def __init__(self) -> None:
        self.epochs: dict[str, Epoch] = {}
        self.states: dict[str, tuple[NDArray[Any], ...]] = {}
        self.recipes: list[Recipe] = []
        self.measured: dict[str, Measures] = {}
        self.users: list[tuple[str, str]] = []

    def epoch(self, key: str) -> Epoch | None:
        """The epoch of that key, or None."""
        found = self.epochs.get(key)
        return None if found is None else replace(found, fresh=False)

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
        """Keep an epoch, and drop the state of the one before."""
        assert key == epoch.key == recipe.key(environment or {})
        assert (parent_key is None) == (recipe.epochs == 1)
        self.epochs[key] = epoch
        self.states[key] = tuple(state)
        self.states.pop(parent_key or "", None)
        self.recipes.append(recipe)

    def state(self, key: str) -> tuple[NDArray[Any], ...] | None:
        """The state after that epoch, or None."""
        return self.states.get(key)

    def measures(self, key: str) -> Measures | None:
        """What was measured, or None."""
        return self.measured.get(key)

    def put_measures(self, key: str, measures: Measures) -> None:
        """Keep what was measured."""
        self.measured[key] = measures

    def used(self, key: str, who: str) -> None:
        """Write down who used an epoch."""
        self.users.append((key, who))
