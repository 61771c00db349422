"""The engine of a cluster: lost nodes, work that ends nodes, refused nodes, lost events."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.engines import cluster, cluster_node, cluster_nodes, places
from grader.engines.base import (
    Event,
    Failed,
    Finished,
    Progressed,
    Reporter,
    Started,
    Waiting,
    WentOn,
    Work,
    WorkLost,
)
from grader.engines.cluster import ClusterEngine
from grader.engines.cluster_nodes import neighbours
from grader.engines.cluster_tasks import node_name
from grader.engines.scheduling import Capacity

SECONDS = 60  # for what takes none on a machine that is not busy


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cluster, cluster_nodes):
        monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)


def one_each(_neighbours: int) -> Capacity:
    return Capacity(workers=1, most_open=2)


def ends(engine: ClusterEngine) -> dict[str, Event]:
    return {event.key: event for event in engine.events() if isinstance(event, Finished | Failed)}


def wait_for_cancel(reporter: Reporter) -> None:
    until = time.monotonic() + SECONDS
    while not reporter.cancelled and time.monotonic() < until:
        time.sleep(0.01)


def open_work(client: Any, topic: str) -> int:
    asked = [
        client.submit(cluster_node.open_work, topic, workers=[address], pure=False)
        for address in client.scheduler_info()["workers"]
    ]
    return sum(client.gather(asked))


@pytest.fixture
def two_processes() -> Iterator[Any]:
    """A client of two nodes that can be killed; each starts again."""
    import dask
    import distributed

    with (
        dask.config.set({"distributed.worker.daemon": False}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=None
        ) as made,
        distributed.Client(made) as client,
    ):
        yield client


@pytest.mark.process
def test_work_that_ends_its_nodes_fails_alone(two_processes: Any, tmp_path: Path) -> None:
    def poison(_: Reporter) -> None:
        with (tmp_path / "poisoned").open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)

    def innocent(_: Reporter) -> str:
        time.sleep(1)
        return "done"

    with ClusterEngine(two_processes, one_each) as engine:
        engine.submit(Work("poison", poison, priority=1))
        for number in range(6):
            engine.submit(Work(str(number), innocent))
        ended = ends(engine)
    lost = ended.pop("poison")
    assert isinstance(lost, Failed)
    assert isinstance(lost.error, WorkLost)
    assert list(ended.values()) == [Finished(key, "done") for key in ended]
    assert (tmp_path / "poisoned").read_text() == "x" * cluster.MOST_LOSSES


@pytest.mark.lengthy
def test_a_suspect_runs_where_nothing_else_does(two_nodes: Any) -> None:
    with ClusterEngine(two_nodes, one_each) as engine:
        engine._losses["suspect"] = cluster.MOST_LOSSES - 1
        for key in ("a", "b", "suspect", "c", "d"):
            engine.submit(Work(key, lambda _: time.sleep(0.2), priority=key == "suspect"))
        beside: dict[str, set[str]] = {}
        open_on: dict[str, str] = {}
        for event in engine.events():
            if isinstance(event, Started):
                open_on[event.key] = event.place
                if event.place == open_on.get("suspect"):
                    beside[event.key] = {k for k, v in open_on.items() if v == event.place}
            elif isinstance(event, Finished):
                del open_on[event.key]
    assert beside == {"suspect": {"suspect"}}, "what came later ran on the other node, or after"


@pytest.mark.lengthy
def test_work_fails_where_no_node_is(two_nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "NO_NODE_SECONDS", 0.5)

    def refuse(_neighbours: int) -> Capacity:
        raise OSError("no sandbox here")

    with ClusterEngine(two_nodes, refuse) as engine:
        engine.submit(Work("a", lambda _: 1))
        (end,) = ends(engine).values()
    assert isinstance(end, Failed)
    with pytest.raises(WorkLost, match="grader worker"):
        raise end.error


def test_a_node_that_is_refused_gets_no_work(
    two_nodes: Any, caplog: pytest.LogCaptureFixture
) -> None:
    refused = min(two_nodes.scheduler_info()["workers"])

    def admission(_neighbours: int) -> Capacity:
        import distributed

        if distributed.get_worker().address == refused:
            raise OSError("no sandbox here")
        return Capacity(1, 2)

    with ClusterEngine(two_nodes, admission) as engine:
        for key in "abcd":
            engine.submit(Work(key, lambda _: time.sleep(0.1)))
        events = list(engine.events())
    assert len({event.place for event in events if isinstance(event, Started)}) == 1
    assert "gets no work: no sandbox here" in caplog.text


def test_events_that_did_not_come_are_told_with_the_result(
    two_nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributed.Worker.log_event", lambda *_: None)
    with ClusterEngine(two_nodes, one_each) as engine:
        engine.submit(Work("a", lambda reporter: reporter.progress("half")))
        assert list(engine.events())[1:] == [Progressed("a", "half"), Finished("a", None)]


def test_what_cannot_be_sent_is_an_error_that_says_so(two_nodes: Any) -> None:
    def lock(_: Reporter) -> Any:
        import threading

        return threading.Lock()

    def fail(_: Reporter) -> None:
        class Unknown(Exception):  # noqa: N818
            def __init__(self, a: int, b: int) -> None:
                super().__init__("both")

        raise Unknown(1, 2)

    with ClusterEngine(two_nodes, one_each) as engine:
        engine.submit(Work("a", lock))
        engine.submit(Work("b", fail))
        ended = ends(engine)
    for key, said in {"a": "what it returned", "b": "what it raised"}.items():
        end = ended[key]
        assert isinstance(end, Failed)
        with pytest.raises(TypeError, match=said):
            raise end.error


def test_what_is_sent_is_made_when_it_is_sent(two_nodes: Any) -> None:
    def sent(work: Work) -> Any:
        if work.key == "gone":
            raise FileNotFoundError("it was taken back")
        return lambda _: work.key.upper()

    with ClusterEngine(two_nodes, one_each, sent) as engine:
        engine.submit(Work("a", lambda _: "unused"))
        engine.submit(Work("gone", lambda _: "unused"))
        ended = ends(engine)
    assert ended["a"] == Finished("a", "A")
    end = ended["gone"]
    assert isinstance(end, Failed)
    assert isinstance(end.error, FileNotFoundError)


def test_waiting_work_gives_its_place_on_its_node(
    two_nodes: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "SHORT_WAIT_SECONDS", 0.0)
    ran = tmp_path / "ran"

    def waits(reporter: Reporter) -> None:
        reporter.wait("a training")
        until = time.monotonic() + SECONDS
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        reporter.go_on()

    def other(_: Reporter, key: str) -> None:
        ran.with_name(key).touch()

    with ClusterEngine(two_nodes, one_each) as engine:
        for key in "ab":
            engine.submit(Work(key, waits, priority=1))
        for key in "cd":
            engine.submit(Work(key, lambda reporter, key=key: other(reporter, key)))
        events = list(engine.events())
    assert events.index(WentOn("a")) > events.index(Waiting("a", "a training"))
    assert sorted(e.key for e in events if isinstance(e, Finished)) == list("abcd")


def test_work_ends_when_its_driver_is_gone(two_nodes: Any) -> None:
    import distributed

    other = distributed.Client(two_nodes.scheduler.address, set_as_default=False)
    engine = ClusterEngine(other, one_each)
    engine.submit(Work("a", wait_for_cancel))
    assert isinstance(engine.next_event(SECONDS), Started)
    topic = engine._topic
    other.close()
    until = time.monotonic() + SECONDS
    while open_work(two_nodes, topic):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_closing_waits_until_the_nodes_have_ended_their_work(two_nodes: Any) -> None:
    engine = ClusterEngine(two_nodes, one_each)
    for key in "abc":
        engine.submit(Work(key, wait_for_cancel))
    assert isinstance(engine.next_event(SECONDS), Started)
    engine.close()
    assert not open_work(two_nodes, engine._topic)


def test_nodes_on_one_machine_are_counted() -> None:
    addresses = ["tls://10.0.0.1:1", "tls://10.0.0.1:2", "tls://10.0.0.2:1", "tls://[::1]:5"]
    assert [neighbours(each, addresses) for each in addresses] == [2, 2, 1, 1]


def test_a_node_is_named_by_what_it_is_called_and_where_it_is() -> None:
    assert node_name("tls://10.0.0.1:1", {"name": "gpu"}) == "gpu (10.0.0.1:1)"
    assert node_name("tls://10.0.0.1:1", {"name": "tls://10.0.0.1:1"}) == "10.0.0.1:1"


@pytest.mark.lengthy
@pytest.mark.parametrize("silent_seconds", [0.2, 2.0])
def test_work_fails_where_the_scheduler_is_gone(
    monkeypatch: pytest.MonkeyPatch, silent_seconds: float
) -> None:
    """Dask closes the client after a second: before, or after, the nodes count as gone."""
    import dask
    import distributed

    monkeypatch.setattr(cluster, "NO_NODE_SECONDS", 0.2)
    monkeypatch.setattr(cluster_nodes, "SILENT_SECONDS", silent_seconds)
    made = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
    )
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        distributed.Client(made.scheduler_address, set_as_default=False) as client,
        ClusterEngine(client, one_each) as engine,
    ):
        for key in "ab":
            engine.submit(Work(key, wait_for_cancel))
        assert isinstance(engine.next_event(SECONDS), Started)
        made.close()
        ended = ends(engine)
    assert ended.keys() == {"a", "b"}
    for end in ended.values():
        assert isinstance(end, Failed)
        assert isinstance(end.error, WorkLost)
