"""What broken files, full disks and killed writers leave: whole epochs, or none."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from grader.errors import RefereeError
from grader.referee.spec.trained_epoch import TrainedEpoch
from grader.referee.store import atomic_files
from grader.referee.store.epoch_store import LEFT_OVER_SECONDS, Store
from tests.referee import entries


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
    assert entries.same(epoch.weights, entries.weights(asked))


@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "changed"])
def test_a_broken_state_is_absent_and_is_written_anew(store: Store, harm: str) -> None:
    asked = entries.recipe(1)
    key = entries.put(store, asked)
    (path,) = store.place(key).glob("state*")
    spoil(path, harm)
    assert store.state(key) is None
    assert store.epoch(key) is not None
    entries.put(store, asked)
    assert entries.same(store.state(key), entries.state(asked))


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
    assert entries.same(store.state(first), entries.state(entries.recipe(1)))


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
            assert entries.same(epoch.weights, entries.weights(asked))
            assert set(store.users(epoch.key)) == set(names)
        assert entries.same(
            store.state(entries.key(entries.recipe(5, units))), entries.state(asked)
        )
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
        assert entries.same(epoch.weights, entries.weights(record.recipe, 20000))
        assert record.parent is None or store.epoch(record.parent) is not None
        if record.key not in parents:
            assert entries.same(store.state(record.key), entries.state(record.recipe, 20000))


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
