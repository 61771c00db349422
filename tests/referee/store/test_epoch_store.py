from __future__ import annotations

import json
import math
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from grader.errors import RefereeError
from grader.referee.spec.contract import Measures
from grader.referee.spec.recipe import Observation
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store import atomic_files
from grader.referee.store.epoch_store import LEFT_OVER_SECONDS, Store
from tests.referee import entries

MEASURES = Measures(0.9987, 0.9893, True, 2_793_354)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def same(arrays: object, expected: object) -> bool:
    """Whether two tuples of arrays are the same bit for bit."""
    if not isinstance(arrays, tuple) or not isinstance(expected, tuple):
        return False
    return len(arrays) == len(expected) and all(
        (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
        for a, b in zip(arrays, expected, strict=True)
    )


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
    assert same(epoch.weights, expected.weights)
    assert same(store.state(key), entries.state(asked))


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
    assert same(store.state(third), entries.state(asked))
    assert all(store.epoch(key) is not None for key in (first, second, third)), "weights stay"


def test_an_epoch_that_is_trained_again_gets_its_state_back(store: Store) -> None:
    first, second = entries.put_all(store, entries.recipe(2))
    store.remove(second)
    assert store.state(first) is None
    entries.put(store, entries.recipe(1))
    assert same(store.state(first), entries.state(entries.recipe(1)))


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


@pytest.mark.parametrize("kind", ["record", "weights"])
@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "changed"])
def test_a_broken_epoch_is_absent_and_is_written_anew(store: Store, kind: str, harm: str) -> None:
    asked = entries.recipe(1)
    key = entries.put(store, asked)
    (path,) = store.place(key).glob(f"{kind}*")
    spoil(path, harm)
    assert store.epoch(key) is None
    entries.put(store, asked)
    epoch = store.epoch(key)
    assert epoch is not None
    assert same(epoch.weights, entries.weights(asked))


@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "changed"])
def test_a_broken_state_is_absent_and_is_written_anew(store: Store, harm: str) -> None:
    asked = entries.recipe(1)
    key = entries.put(store, asked)
    (path,) = store.place(key).glob("state*")
    spoil(path, harm)
    assert store.state(key) is None
    assert store.epoch(key) is not None
    entries.put(store, asked)
    assert same(store.state(key), entries.state(asked))


def spoil(path: Path, harm: str) -> None:
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :])


def test_a_record_of_another_epoch_or_format_is_absent(store: Store) -> None:
    first, second = entries.put_all(store, entries.recipe(2))
    (store.place(first) / "record.json").write_bytes(
        (store.place(second) / "record.json").read_bytes()
    )
    assert store.epoch(first) is None
    path = store.place(second) / "record.json"
    content = atomic_files.read_json(path)
    path.write_bytes(atomic_files.json_bytes(content | {"format": 3}))
    assert store.epoch(second) is None
    path.write_bytes(atomic_files.json_bytes(content))
    assert store.epoch(second) is not None


def test_a_full_disk_is_the_referees_fault_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    entries.put(store, entries.recipe(1))
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RefereeError, match=r"No space left on device.*grader runs prune"):
        entries.put(store, entries.recipe(2))
    with pytest.raises(RefereeError, match="No space left"):
        store.used(entries.key(entries.recipe(1)), "ada")
    assert list((store.folder / ".aside").iterdir()) == []
    assert store.state(entries.key(entries.recipe(1))) is not None, "the parent's state stays"


def test_a_state_that_cannot_be_written_leaves_the_parents(store: Store) -> None:
    asked = entries.recipe(2)
    first = entries.put(store, asked.upto(1))
    with pytest.raises(RefereeError, match="plain numbers"):
        store.put(TrainedEpoch(asked, entries.epoch(asked), first, [np.array(["text"])]))
    assert store.epoch(entries.key(asked)) is None
    assert store.state(first) is not None


def test_the_parents_state_stays_until_the_child_is_in_its_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    first = entries.put(store, entries.recipe(1))
    monkeypatch.setattr(store, "_settle", killed)
    with pytest.raises(KeyboardInterrupt):
        entries.put(store, entries.recipe(2))
    assert same(store.state(first), entries.state(entries.recipe(1)))


def write_all(folder: Path, who: str) -> None:
    """What one of several writers does: two networks, epoch by epoch."""
    store = Store(folder)
    for units in (16, 32):
        entries.put_all(store, entries.recipe(5, units), who)


@pytest.mark.lengthy
def test_writers_at_once_all_get_through(store: Store) -> None:
    names = [f"student {number}" for number in range(4)]
    processes = multiprocessing.get_context("spawn")
    writers = [processes.Process(target=write_all, args=(store.folder, name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    for units in (16, 32):
        for number in range(1, 6):
            asked = entries.recipe(number, units)
            epoch = store.epoch(entries.key(asked))
            assert epoch is not None
            assert same(epoch.weights, entries.weights(asked))
            assert set(store.users(epoch.key)) == set(names)
        assert same(store.state(entries.key(entries.recipe(5, units))), entries.state(asked))
    assert len(store.entries()) == 10
    assert list((store.folder / ".aside").iterdir()) == []


ENDLESS = """
import itertools, os, sys
from pathlib import Path
from grader.referee.store.epoch_store import Store
from tests.referee import entries

store = Store(Path(sys.argv[1]))
for units in itertools.count(1000 * os.getpid()):
    for number in range(1, 4):
        key = entries.put(store, entries.recipe(number, units), count=20000)
        print("kept", flush=True)
        store.used(key, "ada")
"""


@pytest.mark.process
def test_a_writer_killed_at_any_moment_leaves_whole_chains(store: Store) -> None:
    for trial in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(store.folder)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(1 + trial % 4):
                assert writer.stdout.readline() == "kept\n"
            time.sleep(0.001 * trial)
            writer.kill()
    records = [store.record(key) for key in store.entries()]
    assert len(records) >= 30, "all that writers said they had kept"
    parents = {record.parent for record in records if record is not None}
    for record in records:
        assert record is not None
        epoch = store.epoch(record.key)
        assert epoch is not None
        assert same(epoch.weights, entries.weights(record.recipe, 20000))
        assert record.parent is None or store.epoch(record.parent) is not None
        if record.key not in parents:
            assert same(store.state(record.key), entries.state(record.recipe, 20000))


def test_leftovers_are_told_from_what_is_still_being_made(store: Store) -> None:
    entries.put(store, entries.recipe(1))
    killed, working = store.folder / ".aside" / "killed", store.folder / ".aside" / "working"
    for folder in (killed, working):
        shutil.copytree(store.place(store.entries()[0]), folder)
    long_ago = time.time() - LEFT_OVER_SECONDS - 60
    os.utime(killed, (long_ago, long_ago))
    os.utime(working)
    assert store.left_over() == [killed]


def test_an_entry_without_a_record_is_left_over(store: Store) -> None:
    first, second = entries.put_all(store, entries.recipe(2))
    (store.place(second) / "record.json").write_text(json.dumps({}))
    assert store.left_over() == [store.place(second)]
    assert store.epoch(first) is not None
