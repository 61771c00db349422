from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from grader.notebook.judging.clock import Clock


@pytest.mark.lengthy
def test_a_clock_goes_on_but_for_pauses() -> None:
    clock, wall = Clock(), time.monotonic()
    begin = clock.now()
    with clock.paused():
        stopped = clock.now()
        with clock.paused():
            time.sleep(0.3)
        time.sleep(0.2)
        assert clock.now() == stopped
    assert clock.now() - begin <= time.monotonic() - wall - 0.5
    begin = clock.now()
    time.sleep(0.1)
    assert clock.now() - begin >= 0.1


def ring() -> None:
    raise InterruptedError("time is up")


def test_an_alarm_rings_in_the_body() -> None:
    with pytest.raises(InterruptedError), Clock().alarm(0.1, ring):
        time.sleep(30)


@pytest.mark.lengthy
def test_an_alarm_waits_while_the_clock_stands_still() -> None:
    clock = Clock()
    with clock.alarm(0.3, ring), clock.paused():
        time.sleep(0.6)
    with pytest.raises(InterruptedError), clock.alarm(0.2, ring):
        _pause_and_sleep(clock)


def _pause_and_sleep(clock: Clock) -> None:
    with clock.paused():
        time.sleep(0.4)
    time.sleep(30)


def test_nothing_rings_after_the_body() -> None:
    with Clock().alarm(0.1, ring):
        pass
    time.sleep(0.2)


def test_whatever_else_counts_is_paused_too() -> None:
    clock, said = Clock(), []

    @contextlib.contextmanager
    def other() -> Iterator[None]:
        said.append("stop")
        yield
        said.append("go on")

    with clock.also_pausing(other), clock.paused(), clock.paused():
        assert said == ["stop"]
    assert said == ["stop", "go on"]
    with clock.paused():
        pass
    assert said == ["stop", "go on"]
