"""The contract, held against every engine; a cluster's nodes are threads of this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.engines.base import (
    Cancelled,
    Engine,
    Event,
    Failed,
    Finished,
    Progressed,
    Reporter,
    Started,
    Waiting,
    WentOn,
    Work,
)
from grader.engines.cluster import ClusterEngine
from grader.engines.fake import FakeEngine
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity
from tests.patience import PATIENCE

ENGINES: dict[str, Callable[[pytest.FixtureRequest], Engine]] = {
    "fake": lambda _: FakeEngine(),
    "local": lambda _: LocalEngine(Capacity(workers=2, most_open=4)),
    "cluster": lambda request: cluster_engine(request.getfixturevalue("two_nodes")),
}


def cluster_engine(client: Any) -> Engine:
    return ClusterEngine(client, lambda _neighbours: Capacity(workers=1, most_open=2))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ENGINES[request.param](request) as made:
        yield made


def ends(engine: Engine) -> dict[str, Event]:
    return {event.key: event for event in engine.events() if isinstance(event, Finished | Failed)}


def test_each_piece_of_work_ends_once_with_its_result(engine: Engine) -> None:
    for number in range(10):
        engine.submit(Work(str(number), lambda _, number=number: number * 2))
    events = list(engine.events())
    assert sorted(e.result for e in events if isinstance(e, Finished)) == list(range(0, 20, 2))
    assert len([e for e in events if isinstance(e, Started)]) == 10


def test_what_is_raised_is_the_reason_and_the_rest_goes_on(engine: Engine) -> None:
    def fail(_: Reporter) -> None:
        raise ValueError("three")

    engine.submit(Work("a", fail))
    engine.submit(Work("b", lambda _: 1))
    ended = ends(engine)
    assert isinstance(ended["a"], Failed)
    assert str(ended["a"].error) == "three"
    assert ended["b"] == Finished("b", 1)


def test_what_work_tells_comes_in_order(engine: Engine) -> None:
    def run(reporter: Reporter) -> str:
        reporter.progress("half")
        reporter.wait("a training")
        reporter.go_on()
        return "done"

    engine.submit(Work("a", run))
    assert list(engine.events())[1:] == [
        Progressed("a", "half"),
        Waiting("a", "a training"),
        WentOn("a"),
        Finished("a", "done"),
    ]


def test_work_can_be_submitted_while_events_come(engine: Engine) -> None:
    engine.submit(Work("a", lambda _: 1))
    found = []
    for event in engine.events():
        if isinstance(event, Finished):
            found.append(event.key)
            if event.result == 1:
                engine.submit(Work("a", lambda _: 2))
                engine.submit(Work("b", lambda _: 3))
    assert sorted(found) == ["a", "a", "b"]


def test_a_service_waits_no_longer_than_it_wants(engine: Engine) -> None:
    begin = time.monotonic()
    assert engine.next_event(4 * PATIENCE) is None, "nothing was submitted"
    assert time.monotonic() - begin < PATIENCE
    engine.submit(Work("a", lambda _: 1))
    assert engine.unfinished == 1
    told = [engine.next_event(60), engine.next_event(60), engine.next_event(60)]
    assert told == [Started("a", told[0].place), Finished("a", 1), None]  # type: ignore[union-attr]
    assert engine.unfinished == 0
    engine.submit(Work("a", lambda _: 2))
    assert ends(engine) == {"a": Finished("a", 2)}


def test_a_key_names_one_piece_of_work(engine: Engine) -> None:
    engine.submit(Work("a", wait_for_cancel))
    with pytest.raises(ValueError, match="has not ended"):
        engine.submit(Work("a", wait_for_cancel))


def wait_for_cancel(reporter: Reporter) -> None:
    while not reporter.cancelled:
        time.sleep(0.01)
    raise Cancelled


def test_cancelled_work_fails(engine: Engine) -> None:
    engine.submit(Work("a", lambda _: 1))
    for number in range(3):
        engine.submit(Work(str(number), wait_for_cancel))
    for number in range(3):
        engine.cancel(str(number))
    engine.cancel("nobody")
    ended = ends(engine)
    assert ended.pop("a") == Finished("a", 1)
    assert [type(e.error) for e in ended.values() if isinstance(e, Failed)] == [Cancelled] * 3


def test_the_engine_closes_with_work_in_it(engine: Engine) -> None:
    with engine:
        for number in range(10):
            engine.submit(Work(str(number), wait_for_cancel))
    assert list(engine.events()) == []
    engine.close()


def test_the_fake_fails_where_it_is_told() -> None:
    engine = FakeEngine({"b": OSError("lost")})
    engine.submit(Work("a", lambda _: 1))
    engine.submit(Work("b", lambda _: 2, priority=1))
    ended = ends(engine)
    assert engine.started == ["b", "a"]
    assert isinstance(ended["b"], Failed)
    engine.submit(Work("b", lambda _: 2))
    assert ends(engine) == {"b": Finished("b", 2)}
