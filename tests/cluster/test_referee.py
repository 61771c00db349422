"""The referee of a cluster: where it is started, and started again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from grader.cluster import referee
from grader.cluster.node_data import Manifest
from grader.cluster.referee import ClusterReferee, best_node
from grader.cluster.referee_task import RefereeOrder
from grader.engines.cluster_node import is_unwanted
from grader.engines.cluster_tasks import NodeInfo
from grader.errors import ConfigurationError, RefereeError
from grader.model import Budget

SECONDS = 60
ORDER = RefereeOrder(Manifest(Path("/none"), ()), Path("/none"), "tensorflow", Budget(), 1)


def fake_serve(order: RefereeOrder, task: str, topic: str) -> None:
    """What a referee's task does, without a referee: its address is that of its node."""
    from distributed import get_worker, secede

    secede()
    worker = get_worker()
    worker.log_event(topic, [task, worker.address, "key"])
    while not is_unwanted(worker, task):
        if order.runs.exists():
            raise RefereeError("the referee keeps ending")
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referee, "serve", fake_serve)
    monkeypatch.setattr(referee, "_LOOK_SECONDS", 0.1)


def test_a_node_with_a_gpu_is_the_best() -> None:
    nodes = {"a": NodeInfo("a", {}), "b": NodeInfo("b", {"GPU": 1.0}), "c": NodeInfo("c", {})}
    assert best_node(nodes) == "b"
    assert best_node({name: nodes[name] for name in "ca"}) == "a"


def test_a_cluster_without_nodes_has_no_referee() -> None:
    with pytest.raises(RefereeError, match="grader worker"):
        best_node({})


def test_it_is_on_a_node_and_ends_with_the_run(two_nodes: Any) -> None:
    running = ClusterReferee(two_nodes, ORDER)
    task = running._running.future.key
    assert running.place.address in two_nodes.scheduler_info()["workers"]
    assert running.place.key == "key"
    running.close()
    until = time.monotonic() + SECONDS
    while any(task in keys for keys in two_nodes.processing().values()):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_it_is_started_again_when_it_is_lost(two_nodes: Any, tmp_path: Path) -> None:
    order = RefereeOrder(ORDER.data, tmp_path / "end", "tensorflow", Budget(), 1)
    running = ClusterReferee(two_nodes, order)
    try:
        first = running._running.future.key
        order.runs.touch()
        until = time.monotonic() + SECONDS
        while running._running.future.key == first:
            assert time.monotonic() < until
            if running._running.future.status == "error":
                order.runs.unlink(missing_ok=True)
            time.sleep(0.02)
        assert running.place.key == "key"
    finally:
        running.close()


def test_a_node_that_cannot_run_it_is_named(
    two_nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ConfigurationError("/runs cannot be written (No space left on device)")

    monkeypatch.setattr(referee, "serve", full)
    with pytest.raises(ConfigurationError, match=r"^the node .* cannot run the referee: /runs"):
        ClusterReferee(two_nodes, ORDER)


def test_one_that_does_not_come_up_is_given_up(
    two_nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referee, "serve", lambda *_: time.sleep(1))
    monkeypatch.setattr(referee, "START_SECONDS", 0.3)
    with pytest.raises(RefereeError, match="no referee came up"):
        ClusterReferee(two_nodes, ORDER)
