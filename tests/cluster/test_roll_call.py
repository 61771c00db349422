"""All nodes are asked at once, and each that cannot take part is named in a line."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.cluster import node_data, roll_call
from grader.engines.cluster_tasks import NodeInfo, Tasks
from grader.errors import ConfigurationError, SandboxError


@pytest.fixture
def tasks(two_nodes: Any) -> Tasks:
    return Tasks(two_nodes, "test-roll-call", lambda _key: None)


@pytest.fixture
def nodes(tasks: Tasks) -> Mapping[str, NodeInfo]:
    return tasks.nodes()


@pytest.mark.lengthy
def test_every_node_answers(tasks: Tasks, nodes: Mapping[str, NodeInfo]) -> None:
    answers = roll_call.ask(tasks, nodes, str.upper, lambda address: (address,))
    assert answers == {address: address.upper() for address in nodes}


def test_each_node_with_a_problem_is_a_line(tasks: Tasks, nodes: Mapping[str, NodeInfo]) -> None:
    def no_sandbox() -> None:
        raise SandboxError("bubblewrap is missing")

    with pytest.raises(ConfigurationError) as caught:
        roll_call.ask(tasks, nodes, no_sandbox)
    lines = str(caught.value).splitlines()
    assert lines == [f"the node {each.name}: bubblewrap is missing" for each in nodes.values()]


def test_a_node_that_does_not_answer_is_named(tasks: Tasks, nodes: Mapping[str, NodeInfo]) -> None:
    with pytest.raises(ConfigurationError, match="did not answer in 0 s"):
        roll_call.ask(tasks, nodes, time.sleep, lambda _: (2,), seconds=0.2)


@pytest.mark.lengthy
def test_another_grader_is_named(
    tasks: Tasks, nodes: Mapping[str, NodeInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_call.require_same_grader(tasks, nodes)
    real = roll_call.ask

    def older(*given: Any) -> dict[str, Any]:
        found = real(*given)
        return dict.fromkeys(found, "0.0.1") if importlib.metadata.version in given else found

    monkeypatch.setattr(roll_call, "ask", older)
    with pytest.raises(ConfigurationError, match=r"grader 0\.0\.1 there, .* here") as caught:
        roll_call.require_same_grader(tasks, nodes)
    assert len(str(caught.value).splitlines()) == len(nodes)


def test_data_sets_are_sent_once_to_a_machine(
    tasks: Tasks,
    nodes: Mapping[str, NodeInfo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "images").write_bytes(b"images")
    wanted = node_data.manifest(tmp_path / "data")
    seen = node_data.find
    # The nodes do not see the course's folder.
    monkeypatch.setattr(
        node_data, "find", lambda wanted: p if (p := seen(wanted)) != wanted.folder else None
    )
    roll_call.send_data(tasks, nodes, wanted)
    (copy,) = (tmp_path / "cache").rglob("images")
    assert copy.read_bytes() == b"images"


def test_data_sets_that_nodes_see_are_not_sent(
    tasks: Tasks,
    nodes: Mapping[str, NodeInfo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "images").write_bytes(b"images")
    roll_call.send_data(tasks, nodes, node_data.manifest(tmp_path))
    assert not (tmp_path / "cache").exists()
