"""The store of runs keeps each epoch whole, with what is measured, observed and said of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from grader.referee.spec.contract import Measures
from grader.referee.spec.recipe import Observation
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store.epoch_store import Store
from tests.referee import entries

MEASURES = Measures(0.9987, 0.9893, True, 2_793_354)


def test_an_epoch_comes_back_as_it_was_but_not_fresh(store: Store) -> None:
    asked = entries.recipe(1)
    key = entries.put(store, asked)
    epoch, expected = store.epoch(key), entries.epoch(asked)
    assert epoch is not None
    assert (epoch.key, epoch.logs, epoch.seconds, epoch.device) == (
        key,
        expected.logs,
        expected.seconds,
        expected.device,
    )
    assert not epoch.fresh
    assert entries.same(epoch.weights, expected.weights)
    assert entries.same(store.state(key), entries.state(asked))


def test_the_record_says_what_was_trained_where_and_when(store: Store) -> None:
    asked = entries.recipe(2, rates=[0.01])
    first = entries.put(store, asked.upto(1))
    record = store.record(entries.put(store, asked))
    assert record is not None
    assert (record.recipe, record.parent) == (asked, first)
    assert record.environment == entries.ENVIRONMENT
    assert datetime.now(UTC) - record.when < timedelta(minutes=5)


def test_logs_that_are_no_numbers_survive(store: Store) -> None:
    asked = entries.recipe(1)
    logs = {"loss": math.nan, "val_loss": math.inf, "accuracy": 0.1, "least": -math.inf}
    made = entries.epoch(asked, logs)
    store.put(TrainedEpoch(asked, made, None, entries.state(asked)))
    epoch = store.epoch(entries.key(asked))
    assert epoch is not None
    assert [repr(value) for value in epoch.logs.values()] == ["nan", "inf", "0.1", "-inf"]


def test_what_was_never_kept_is_absent_and_no_folder_is_made(store: Store) -> None:
    key = entries.key(entries.recipe(1))
    assert store.epoch(key) is None
    assert store.state(key) is None
    assert store.measures(key) is None
    assert store.users(key) == {}
    assert store.entries() == []
    assert not store.folder.exists()


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_key_that_is_none_reaches_no_file(store: Store, key: str) -> None:
    with pytest.raises(ValueError, match="no key of a recipe"):
        store.epoch(key)


def test_only_the_end_of_a_chain_holds_a_state(store: Store) -> None:
    asked = entries.recipe(3)
    first, second, third = entries.put_all(store, asked)
    assert store.state(first) is None
    assert store.state(second) is None
    assert entries.same(store.state(third), entries.state(asked))
    assert all(store.epoch(key) is not None for key in (first, second, third)), "weights stay"


def test_an_epoch_that_is_trained_again_gets_its_state_back(store: Store) -> None:
    first, second = entries.put_all(store, entries.recipe(2))
    store.remove(second)
    assert store.state(first) is None
    entries.put(store, entries.recipe(1))
    assert entries.same(store.state(first), entries.state(entries.recipe(1)))


def test_of_two_writers_the_first_one_stays(store: Store) -> None:
    asked = entries.recipe(1)
    key = entries.put(store, asked)
    store.used(key, "ada")
    other = entries.epoch(asked, {"loss": 7.0})
    store.put(TrainedEpoch(asked, other, None, entries.state(asked)))
    epoch = store.epoch(key)
    assert epoch is not None
    assert epoch.logs == entries.epoch(asked).logs
    assert list(store.users(key)) == ["ada"]
    assert list((store.folder / ".aside").iterdir()) == []


def test_measures_and_users_are_kept_beside(store: Store) -> None:
    key = entries.put(store, entries.recipe(1))
    assert store.measures(key) is None
    store.put_measures(key, MEASURES)
    for who in ("ben", "ada", "ben", "../Ö/\x1b[2J"):
        store.used(key, who)
    assert store.measures(key) == MEASURES
    assert list(store.users(key)) == ["../Ö/\x1b[2J", "ada", "ben"]


def test_what_was_observed_is_kept_beside(store: Store) -> None:
    key = entries.put(store, entries.recipe(1))
    rows = Observation(validation=entries.IMAGES)
    seen = {"val_accuracy": 0.5, "val_loss": math.inf}
    assert store.observed(key, rows) is None
    store.put_observed(key, rows, seen)
    assert store.observed(key, rows) == seen
    assert store.observed(key, Observation("{}", entries.IMAGES)) is None
    assert store.observations(key) == [(rows, seen)]
    (path,) = store.place(key).glob("observed-*")
    path.write_text(path.read_text().replace("0.5", "0.9"))
    assert store.observed(key, rows) is None, "a file that was changed counts as absent"
    assert store.observations(key) == []


def test_the_last_use_counts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    key = entries.put(store, entries.recipe(1))
    for year in (2024, 2025):
        monkeypatch.setattr(
            "grader.referee.store.epoch_store._now", lambda y=year: datetime(y, 1, 1, tzinfo=UTC)
        )
        store.used(key, "ada")
    assert store.users(key) == {"ada": datetime(2025, 1, 1, tzinfo=UTC)}


def test_what_is_said_of_a_pruned_epoch_is_dropped(store: Store) -> None:
    key = entries.put(store, entries.recipe(1))
    store.remove(key)
    store.used(key, "ada")
    store.put_measures(key, MEASURES)
    store.remove(key)
    assert store.entries() == []
    assert list((store.folder / ".aside").iterdir()) == []
