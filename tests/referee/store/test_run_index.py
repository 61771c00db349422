from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from grader.errors import RefereeError
from grader.referee.spec.contract import Measures
from grader.referee.spec.recipe import Observation
from grader.referee.store import run_index
from grader.referee.store.epoch_store import LEFT_OVER_SECONDS, Store
from tests.referee import entries

TODAY = datetime.now(UTC)


def days_ago(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    monkeypatch.setattr(
        "grader.referee.store.epoch_store._now", lambda: TODAY - timedelta(days=days)
    )


def test_a_run_is_a_chain_from_its_first_epoch_to_the_last(store: Store) -> None:
    keys = entries.put_all(store, entries.recipe(3), "ben")
    store.used(keys[1], "ada")
    store.put_measures(keys[-1], Measures(0.999, 0.98, True, 700))
    (run,) = run_index.runs(store)
    assert [epoch.key for epoch in run.epochs] == keys
    assert [epoch.number for epoch in run.epochs] == [1, 2, 3]
    assert run.key == keys[-1]
    assert run.network.startswith("Conv2D 64 3x3")
    assert (run.datasets, run.fits, run.device) == (("mnist",), (3,), "2 CPU cores")
    assert run.best_accuracy == pytest.approx(1 - 0.05 / 3)
    assert (run.train_accuracy, run.test_accuracy, run.parameters) == (0.999, 0.98, 700)
    assert run.seconds == 21 + 22 + 23
    assert run.users == ("ada", "ben")
    assert 0 < run.size < 1e6


def test_an_epoch_shows_what_was_observed_and_on_which_images(store: Store) -> None:
    key = entries.put(store, entries.recipe(1))
    for first, accuracy in ((0, 0.5), (100, 0.75)):
        rows = Observation(validation=replace(entries.IMAGES, part="test", first=first, count=100))
        store.put_observed(key, rows, {"val_accuracy": accuracy})
    (run,) = run_index.runs(store)
    logs = dict(run.epochs[0].logs)
    assert logs.keys() > {"accuracy", "loss", "val_accuracy"}
    (other,) = logs.keys() - {"accuracy", "loss", "val_accuracy"}
    assert other in {"val_accuracy (test 0-99)", "val_accuracy (test 100-199)"}
    assert {logs["val_accuracy"], logs[other]} == {0.5, 0.75}


def test_callbacks_that_decide_otherwise_branch_a_run(store: Store) -> None:
    shared = entries.put_all(store, entries.recipe(2))
    kept = entries.put(store, entries.recipe(3))
    slowed = entries.put(store, entries.recipe(3, rates=[0.001]))
    chains = {run.key: [epoch.key for epoch in run.epochs] for run in run_index.runs(store)}
    assert chains == {kept: [*shared, kept], slowed: [*shared, slowed]}


def test_runs_are_listed_last_used_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tips = {}
    for days in (30, 10, 20):
        days_ago(monkeypatch, days)
        tips[days] = entries.put_all(store, entries.recipe(1, units=days))[-1]
    assert [run.key for run in run_index.runs(store)] == [tips[10], tips[20], tips[30]]


def test_what_is_not_whole_is_not_listed(store: Store) -> None:
    first, second, third = entries.put_all(store, entries.recipe(3))
    (store.place(second) / "record.json").write_text("{")
    assert {run.key for run in run_index.runs(store)} == {first, third}
    assert [epoch.number for epoch in run_index.find(store, third)[0].epochs] == [3]


def test_a_beginning_of_a_key_finds_the_training_up_to_that_epoch(store: Store) -> None:
    keys = entries.put_all(store, entries.recipe(3))
    run, recipe = run_index.find(store, keys[1][:12].upper())
    assert [epoch.key for epoch in run.epochs] == keys[:2]
    assert recipe == entries.recipe(2)


def test_a_key_of_none_or_of_several_says_so(store: Store) -> None:
    for units in range(17):
        entries.put(store, entries.recipe(1, units))
    keys = store.entries()
    shared = next(a[0] for a, b in itertools.pairwise(keys) if a[0] == b[0])
    with pytest.raises(RefereeError, match=rf"begin with {shared}, .*more digits"):
        run_index.find(store, shared)
    with pytest.raises(RefereeError, match=r"no key of 17 epochs begins with .*runs list"):
        run_index.find(store, "0" * 64)
    for prefix in ("", "xyz", "a" * 65):
        with pytest.raises(RefereeError, match="hexadecimal"):
            run_index.find(store, prefix)


def test_without_a_store_there_is_one_remedy(store: Store) -> None:
    for look in (run_index.runs, run_index.prune, lambda one: run_index.find(one, "a")):
        with pytest.raises(RefereeError, match=r"there are no runs yet: .*grader grade"):
            look(store)
    assert not store.folder.exists()


def test_pruning_by_age_removes_what_nobody_used_since(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_ago(monkeypatch, 100)
    entries.put_all(store, entries.recipe(2, units=1))
    used = entries.put_all(store, entries.recipe(2, units=2))
    days_ago(monkeypatch, 5)
    store.used(used[0], "cleo")
    before = sum(run.size for run in run_index.runs(store))
    pruned = run_index.prune(store, older_than_days=50)
    assert [run.users for run in pruned.runs] == [("ada",)]
    assert store.entries() == sorted(used)
    assert pruned.freed + pruned.kept == before
    assert pruned.kept == sum(run.size for run in run_index.runs(store))


def test_pruning_to_a_size_removes_the_longest_unused_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tips = {}
    for days in (3, 1, 2):
        days_ago(monkeypatch, days)
        tips[days] = entries.put_all(store, entries.recipe(2, units=days))[-1]
    size = run_index.runs(store)[0].size
    pruned = run_index.prune(store, to_bytes=2 * size + size // 2)
    assert [run.key for run in pruned.runs] == [tips[3]]
    pruned = run_index.prune(store, to_bytes=0)
    assert [run.key for run in pruned.runs] == [tips[2], tips[1]]
    assert (pruned.kept, store.entries()) == (0, [])


def test_what_another_run_shares_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    days_ago(monkeypatch, 100)
    shared = entries.put_all(store, entries.recipe(2))
    old = entries.put(store, entries.recipe(3, rates=[0.5]))
    days_ago(monkeypatch, 1)
    new = entries.put(store, entries.recipe(3))
    store.used(shared[0], "ada")
    (gone,) = run_index.prune(store, older_than_days=50).runs
    assert [epoch.key for epoch in gone.epochs] == [old]
    assert store.entries() == sorted([*shared, new])


def test_the_last_run_takes_what_was_shared_unless_that_was_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_ago(monkeypatch, 100)
    shared = entries.put_all(store, entries.recipe(2))
    for rate in (0.5, 0.25):
        entries.put(store, entries.recipe(3, rates=[rate]))
    days_ago(monkeypatch, 1)
    store.used(shared[1], "ada")
    pruned = run_index.prune(store, older_than_days=50)
    assert len(pruned.runs) == 1, "the other one holds epochs that ada has just used"
    assert len(store.entries()) == 3
    days_ago(monkeypatch, 100)
    store.used(shared[1], "ada")
    assert len(run_index.prune(store, older_than_days=50).runs) == 1
    assert store.entries() == []


def test_a_dry_run_says_the_same_and_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_ago(monkeypatch, 9)
    for rate in (0.5, 0.25):
        entries.put_all(store, entries.recipe(3, rates=[rate]))
    before = store.entries()
    told = run_index.prune(store, older_than_days=5, dry_run=True)
    assert store.entries() == before
    assert run_index.prune(store, older_than_days=5) == told
    assert told.kept == 0


def test_killed_in_the_middle_pruning_leaves_beginnings(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = entries.put_all(store, entries.recipe(3))
    remove = store.remove

    def once(key: str) -> None:
        remove(key)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "remove", once)
    with pytest.raises(KeyboardInterrupt):
        run_index.prune(store, to_bytes=0)
    assert store.entries() == sorted(keys[:2])


def test_pruning_clears_what_killed_writers_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = entries.put_all(store, entries.recipe(2))
    spare = store.folder / ".aside" / "killed"
    spare.mkdir()
    (spare / "weights.npz").write_bytes(bytes(50_000))
    (store.place(second) / "record.json").write_text("{")
    later = time.time() + LEFT_OVER_SECONDS + 60
    monkeypatch.setattr("grader.referee.store.epoch_store.time.time", lambda: later)
    assert run_index.prune(store, dry_run=True).freed >= 50_000
    assert spare.exists()
    assert run_index.prune(store).freed >= 50_000
    assert list((store.folder / ".aside").iterdir()) == []
    assert store.entries() == [first]
