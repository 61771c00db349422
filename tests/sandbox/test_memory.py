"""Finding and holding a bound on memory, on folders that look like the kernel's."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from grader.machine import OwnGroup
from grader.sandbox import memory, memory_monitor
from grader.sandbox.memory import BoundKind, Group, MemoryBound, memory_bound, works
from tests.patience import PATIENCE


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A group whose folder is an ordinary one."""
    monkeypatch.setattr(Group, "remove", lambda self: None)
    return lambda kind: Group.make(kind, tmp_path, "g", 1 << 20)


def test_a_v2_group_is_killed_whole(group):
    made = group(BoundKind.V2)
    assert (made.folder / "memory.max").read_text() == str(1 << 20)
    assert (made.folder / "memory.oom.group").read_text() == "1"
    (made.folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\noom_group_kill 1\n")
    assert made.kills() == 2
    made.join(77)
    assert (made.folder / "cgroup.procs").read_text() == "77"


def test_a_v1_group_counts_its_kills(group):
    made = group(BoundKind.V1)
    assert (made.folder / "memory.limit_in_bytes").read_text() == str(1 << 20)
    (made.folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    assert made.kills() == 1


def test_removing_twice_is_fine(tmp_path):
    group = Group(tmp_path / "gone", 2)
    group.remove()
    assert not group.folder.exists()


def test_a_bound_that_cannot_be_had_is_not_claimed(tmp_path):
    assert not works(MemoryBound(BoundKind.V1, str(tmp_path / "missing")))
    assert not works(MemoryBound(BoundKind.SYSTEMD, prefix=("false",)))


def test_a_scope_must_hold_memory():
    assert works(MemoryBound(BoundKind.SYSTEMD, prefix=("sh", "-c", "echo cpu memory pids")))
    assert not works(MemoryBound(BoundKind.SYSTEMD, prefix=("sh", "-c", "echo cpu pids")))


def test_groups_are_sought_best_first(monkeypatch, tmp_path):
    own = [
        OwnGroup(1, tmp_path / "v1", tmp_path / "v1" / "a"),
        OwnGroup(2, tmp_path / "v2", tmp_path / "v2" / "b"),
    ]
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2" / "cgroup.subtree_control").write_text("cpu memory\n")
    monkeypatch.setattr(memory, "own_groups", lambda _: iter(own))
    monkeypatch.setattr("shutil.which", lambda name: None)
    found = list(memory._candidates())
    assert [bound.kind for bound in found] == [BoundKind.V2, BoundKind.V1, BoundKind.V1]
    assert found[0].parent == str(tmp_path / "v2")


def test_the_weak_way_is_what_remains(monkeypatch):
    monkeypatch.setattr(memory, "_candidates", lambda: iter(()))
    assert not memory_bound.__wrapped__().robust


def test_watching_counts_pages_and_files():
    held = 100 << 20
    code = f"x = b'x' * {held}; print(flush=True); import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as hog:
        hog.stdout.readline()
        share = memory_monitor._share(hog.pid)
        hog.kill()
    assert held <= share < 2 * held
    assert memory_monitor._share(hog.pid) == 0
    assert os.getpid() in set(memory_monitor.processes_inside(os.getpid()))


def test_removing_does_not_wait_for_ever(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(memory, "time", SimpleNamespace(sleep=slept.append))
    (tmp_path / "busy" / "child").mkdir(parents=True)
    Group(tmp_path / "busy", 2).remove()
    assert 0 < sum(slept) < PATIENCE
