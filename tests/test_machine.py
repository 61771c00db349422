"""What is read off control groups, of both versions and in containers, and what is left."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader import machine
from grader.machine import OwnGroup

GB = 1 << 30
V1, V2 = 1, 2


def bounded(monkeypatch: pytest.MonkeyPatch, folder: Path, version: int, files: str) -> None:
    """Let this process be in a group with these files: a line each, name and content."""
    folder.mkdir(exist_ok=True)
    for line in filter(None, files.split("; ")):
        name, _, text = line.partition(" ")
        (folder / name).write_text(text.replace(", ", "\n") + "\n")
    own = OwnGroup(version, folder.parent, folder)
    monkeypatch.setattr(machine, "own_groups", lambda _: iter([own]))


def test_this_machine_has_cores_and_memory() -> None:
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)
    free, total = machine.memory()
    assert 1 << 28 < free <= total
    assert total == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024 * 1024
    assert 0 < machine.free_memory() <= total


@pytest.mark.parametrize(
    ("version", "files", "cores"),
    [
        (V2, "cpu.max 200000 100000", 2),
        (V2, "cpu.max 150000 100000", 2),
        (V2, "cpu.max 10000 100000", 1),
        (V2, "cpu.max max 100000", 8),
        (V1, "cpu.cfs_quota_us 300000; cpu.cfs_period_us 100000", 3),
        (V1, "cpu.cfs_quota_us -1; cpu.cfs_period_us 100000", 8),
        (V1, "", 8),
    ],
)
def test_a_quota_bounds_the_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: int, files: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    bounded(monkeypatch, tmp_path / "group", version, files)
    assert machine.cores() == cores


@pytest.mark.parametrize(
    ("version", "files", "free"),
    [
        (V2, f"memory.max {4 * GB}; memory.current {GB}", 3 * GB),
        (V2, f"memory.max {64 * GB}; memory.current 0", 16 * GB),
        (V2, f"memory.max max; memory.current {GB}", 16 * GB),
        (V2, f"memory.max {GB}; memory.current {GB}; memory.stat anon 3, inactive_file 7", 7),
        (V1, f"memory.limit_in_bytes {4 * GB}; memory.usage_in_bytes {5 * GB}", 0),
        (V1, f"memory.limit_in_bytes {(1 << 63) - 4096}; memory.usage_in_bytes 0", 16 * GB),
        (
            V1,
            f"memory.limit_in_bytes {GB}; memory.usage_in_bytes {GB}; "
            "memory.stat inactive_file 3, total_inactive_file 7",
            7,
        ),
        (V1, "", 16 * GB),
    ],
)
def test_a_limit_bounds_the_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: int, files: str, free: int
) -> None:
    monkeypatch.setattr(machine, "memory", lambda: (16 * GB, 32 * GB))
    bounded(monkeypatch, tmp_path / "group", version, files)
    assert machine.free_memory() == free


def test_the_limits_of_groups_above_hold_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mount, job = tmp_path / "mount", tmp_path / "mount" / "job"
    (job / "step").mkdir(parents=True)
    (job / "memory.max").write_text(f"{2 * GB}")
    (job / "memory.current").write_text("0")
    own = OwnGroup(V2, mount, job / "step")
    assert list(own.upward) == [job / "step", job, mount]
    monkeypatch.setattr(machine, "own_groups", lambda _: iter([own]))
    monkeypatch.setattr(machine, "memory", lambda: (16 * GB, 32 * GB))
    assert machine.free_memory() == 2 * GB
    assert machine.all_memory() == 2 * GB
    (job / "memory.max").write_text("max")
    assert machine.all_memory() == 32 * GB


def test_threads_that_are_expected_are_started_and_ended() -> None:
    before = threading.active_count()
    machine.expect_threads(3)
    assert threading.active_count() == before


def test_where_too_few_threads_are_left_it_is_said_and_none_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, start, left = threading.active_count(), threading.Thread.start, iter([True, False])

    def refused(thread: threading.Thread) -> None:
        if not next(left):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(RuntimeError, match="start new thread"):
        machine.expect_threads(2)
    assert threading.active_count() == before
