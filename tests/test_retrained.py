"""One recipe gives the same bits each time, and the comparison tells where it does not."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from grader.errors import RefereeError
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import NOTHING, Observation, Recipe
from grader.referee.store.epoch_store import Store
from tests import retrained
from tests.referee import entries
from tests.retrained import Round


class MadeUp:
    """A referee that gives the epochs of ``entries``, the second one changed."""

    def __init__(self, **second: object) -> None:
        self.second = second

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """As ``entries.put`` kept it, but for the second epoch."""
        made = entries.epoch(recipe)
        return replace(made, **self.second) if recipe.epochs == 2 else made  # type: ignore[arg-type]

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """Not asked for."""
        raise NotImplementedError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "runs")
    entries.put_all(store, entries.recipe(3))
    entries.put_all(store, entries.recipe(1, units=8))
    return store


def test_trainings_are_known_by_their_ends(store: Store) -> None:
    expected = {entries.key(entries.recipe(3)), entries.key(entries.recipe(1, units=8))}
    assert {end.key for end in retrained.ends(store)} == expected


def test_the_same_bits_pass(store: Store) -> None:
    assert [
        line for end in retrained.ends(store) for line in retrained.unlike(store, end, MadeUp())
    ] == []


@pytest.mark.parametrize(
    "second",
    [{"logs": {"accuracy": 0.975, "loss": 0.1}}, {"weights": entries.weights(entries.recipe(3))}],
    ids=["logs", "weights"],
)
def test_other_bits_are_told(store: Store, second: dict[str, object]) -> None:
    referee = MadeUp(**second)
    lines = [
        line for end in retrained.ends(store) for line in retrained.unlike(store, end, referee)
    ]
    assert len(lines) == 1
    assert lines[0].startswith(f"{entries.key(entries.recipe(2))[:12]}, epoch 2: ")


def test_other_versions_are_refused(store: Store) -> None:
    end = next(end for end in retrained.ends(store) if end.recipe.epochs == 3)
    with pytest.raises(RefereeError, match=r"was trained with .*3\.15"):
        list(retrained.unlike(store, end, MadeUp(key="f" * 64)))


def test_a_folder_without_trainings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefereeError, match="holds no trainings"):
        retrained.carried_out(tmp_path, tmp_path, 1, 1)


def test_what_was_found_is_read_again(tmp_path: Path) -> None:
    file, found = tmp_path / "rounds.jsonl", Round("runs", 2, 1, 40, 3.5, ("epoch 2: other",))
    assert retrained.read(file) == []
    file.write_text(json.dumps(asdict(found)) + "\n")
    assert retrained.read(file) == [found]
