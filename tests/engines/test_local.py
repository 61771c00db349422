"""The engine of this machine: what runs at once, and what gives its place away."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from grader.engines import places, scheduling
from grader.engines.base import Cancelled, Failed, Finished, Reporter, Started, Waiting, Work
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity

SECONDS = 60  # for what takes none on a machine that is not busy


def test_work_overlaps_in_time() -> None:
    both = threading.Barrier(2)
    with LocalEngine(Capacity(2, 2)) as engine:
        for key in "ab":
            engine.submit(Work(key, lambda _: both.wait(SECONDS)))
        ends = [event for event in engine.events() if isinstance(event, Finished | Failed)]
    assert [type(end) for end in ends] == [Finished, Finished]


def test_no_more_runs_at_once_than_there_are_workers() -> None:
    present, most, lock = set(), [0], threading.Lock()

    def run(key: str) -> None:
        with lock:
            present.add(key)
            most[0] = max(most[0], len(present))
        time.sleep(0.02)
        with lock:
            present.remove(key)

    with LocalEngine(Capacity(2, 9)) as engine:
        for key in "abcdefgh":
            engine.submit(Work(key, lambda _, key=key: run(key)))
        assert sum(isinstance(event, Finished) for event in engine.events()) == 8
    assert most == [2]


def test_work_that_waits_gives_its_place_and_gets_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHORT_WAIT_SECONDS", 0.0)
    other_ran, order = threading.Event(), []

    def waits(reporter: Reporter) -> None:
        reporter.wait("a training")
        assert other_ran.wait(SECONDS)
        reporter.go_on()
        order.append("waited")

    def other(_: Reporter) -> None:
        other_ran.set()
        time.sleep(0.2)
        order.append("other")

    with LocalEngine(Capacity(workers=1, most_open=2)) as engine:
        engine.submit(Work("a", waits))
        engine.submit(Work("b", other))
        events = list(engine.events())
    assert order == ["other", "waited"], "it went on when the other had ended"
    assert Waiting("a", "a training") in events


def test_a_short_wait_keeps_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHORT_WAIT_SECONDS", float(SECONDS))

    def waits(reporter: Reporter) -> None:
        reporter.wait("an epoch")
        time.sleep(0.2)
        reporter.go_on()

    with LocalEngine(Capacity(workers=1, most_open=2)) as engine:
        for key in "ab":
            engine.submit(Work(key, waits))
        events = list(engine.events())
    assert events.index(Finished("a", None)) < events.index(Started("b", "this machine"))


def test_memory_bounds_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHORT_WAIT_SECONDS", 0.0)
    still_open, most, lock = set(), [0], threading.Lock()

    def waits(reporter: Reporter, key: str) -> None:
        with lock:
            still_open.add(key)
            most[0] = max(most[0], len(still_open))
        reporter.wait("a training")
        time.sleep(0.1)
        with lock:
            still_open.remove(key)
        reporter.go_on()

    with LocalEngine(Capacity(workers=1, most_open=2)) as engine:
        for key in "abcde":
            engine.submit(Work(key, lambda reporter, key=key: waits(reporter, key)))
        assert sum(isinstance(event, Finished) for event in engine.events()) == 5
    assert most == [2]


@pytest.mark.lengthy
def test_an_endless_piece_does_not_hold_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "OVERDUE_SECONDS", 0.1)

    def endless(reporter: Reporter) -> None:
        while not reporter.cancelled:
            time.sleep(0.01)

    with LocalEngine(Capacity(workers=1, most_open=3)) as engine:
        engine.submit(Work("endless", endless))
        engine.submit(Work("rest", lambda _: "done"))
        for event in engine.events():
            if event == Finished("rest", "done"):
                engine.cancel("endless")
            ended = event
    assert ended == Finished("endless", None)


def test_waiting_work_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHORT_WAIT_SECONDS", 0.0)
    started, cancelled = threading.Event(), threading.Event()

    def holds(_: Reporter) -> None:
        started.set()
        cancelled.wait(SECONDS)

    def waits(reporter: Reporter) -> None:
        reporter.wait("a training")
        assert started.wait(SECONDS)
        reporter.go_on()

    with LocalEngine(Capacity(workers=1, most_open=2)) as engine:
        engine.submit(Work("a", waits))
        engine.submit(Work("b", holds))
        for event in engine.events():
            if event == Started("b", "this machine"):
                engine.cancel("a")
            if isinstance(event, Failed):
                assert (event.key, type(event.error)) == ("a", Cancelled)
                cancelled.set()


def test_a_service_can_look_elsewhere_while_work_runs() -> None:
    go_on = threading.Event()
    with LocalEngine(Capacity(1, 1)) as engine:
        engine.submit(Work("a", lambda _: go_on.wait(SECONDS)))
        assert engine.next_event(SECONDS) == Started("a", "this machine")
        assert engine.next_event(0.05) is None
        go_on.set()
        assert engine.next_event(SECONDS) == Finished("a", True)


def test_work_waits_while_the_machine_has_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    left, start, go_on = [1], threading.Thread.start, threading.Event()

    def started(thread: threading.Thread) -> None:
        if not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)
    with LocalEngine(Capacity(2, 2)) as engine:
        engine.submit(Work("a", lambda _: go_on.wait(SECONDS)))
        engine.submit(Work("b", lambda _: "done"))
        assert engine.next_event(SECONDS) == Started("a", "this machine")
        assert engine.next_event(0.05) is None
        left[0] = 1  # another program has ended
        assert list(itertools.islice(engine.events(), 2)) == [
            *(Started("b", "this machine"), Finished("b", "done"))
        ]
        go_on.set()
        assert engine.next_event(SECONDS) == Finished("a", True)
        engine.submit(Work("c", lambda _: "done"))  # nothing else is open whose end would help
        failed = engine.next_event(SECONDS)
    assert isinstance(failed, Failed)
    assert (failed.key, str(failed.error)) == ("c", "can't start new thread")
