"""What is asked of a node before it gets work, and what it uses in place of folders elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader import machine
from grader.cluster import node, node_data, node_facts
from grader.cluster.node import Admission
from grader.errors import ConfigurationError, DataError, SandboxError
from grader.notebook import memory_capacity
from grader.notebook.assignment import load_assignment
from grader.settings import Settings


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four cores, and memory for ten submissions; a sandbox starts, and nothing is removed."""
    free = memory_capacity.RESERVED_BYTES + 10 * memory_capacity.PLAIN_BYTES
    monkeypatch.setattr(machine, "cores", lambda: 4)
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    monkeypatch.setattr(node, "_try_sandbox_once", lambda: None)
    monkeypatch.setattr(node.scratch, "remove_leftovers", lambda: None)


@pytest.fixture
def admission(tiny_course: Settings) -> Admission:
    return Admission(
        tiny_course,
        load_assignment(tiny_course, "sums"),
        node_facts.facts(tiny_course.backend),
        node_data.manifest(tiny_course.data),
        workers=None,
        referee_host="",
    )


def has_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "_host", lambda: "10.0.0.1")


def test_a_node_takes_as_much_as_its_machine_allows(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_worker(monkeypatch)
    assert admission(1).workers == 4
    assert admission(2).workers == 2, "two nodes share the machine"
    assert replace(admission, workers=3)(1).workers == 3


def test_more_than_its_memory_holds_is_refused(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_worker(monkeypatch)
    assert replace(admission, workers=9)(1).workers == 9
    with pytest.raises(ConfigurationError, match="9 workers do not fit into memory"):
        replace(admission, workers=9)(2)


def test_another_grader_is_refused(admission: Admission) -> None:
    other = replace(admission.facts, files="other")
    with pytest.raises(ConfigurationError, match="other files there"):
        replace(admission, facts=other)(1)


def test_a_node_without_a_sandbox_is_refused(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_sandbox() -> None:
        raise SandboxError("bubblewrap is missing")

    monkeypatch.setattr(node, "_try_sandbox_once", no_sandbox)
    with pytest.raises(SandboxError):
        admission(1)


def test_a_node_without_the_data_sets_is_refused(
    admission: Admission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wanted = node_data.Manifest(tmp_path / "data", (("mnist/images", "0" * 64),))
    with pytest.raises(DataError, match="are not those of the course"):
        replace(admission, data=wanted)(1)


def test_runs_are_kept_in_the_course_where_the_node_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    assert node.store(tmp_path) == tmp_path
    assert node.store(tmp_path / "missing") == tmp_path / "own" / "grader" / "runs"


def test_a_node_without_the_courses_packages_takes_no_part(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_worker(monkeypatch)
    facts = replace(admission.facts, course=(("package-of-nobody", "1.0"),))
    with pytest.raises(ConfigurationError, match=r"package-of-nobody: none there, 1\.0 here"):
        replace(admission, facts=facts)(1)
