"""How long a worker may be silent."""

from __future__ import annotations

import pytest

from grader.referee.service import silence
from grader.referee.service.silence import GIVEN_UP_SECONDS, Silence


class Clock:
    """Stands still until it is moved."""

    now = 1000.0

    def monotonic(self) -> float:
        """What the clock shows."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(silence, "time", clock)
    return clock


def lasts(measured: Silence, clock: Clock, connected: bool) -> int:
    """Seconds until the worker is given up."""
    begin = clock.now
    measured.begin()
    while not measured.look(connected):
        clock.now += 1
    return int(clock.now - begin)


def test_without_a_connection_a_worker_is_given_up_sooner(clock: Clock) -> None:
    assert lasts(Silence(120, 30), clock, connected=True) == 121
    assert lasts(Silence(120, 30), clock, connected=False) == 31
    assert lasts(Silence(20, 30), clock, connected=False) == 21


def test_a_worker_that_was_given_up_is_asked_again_but_for_a_connection(clock: Clock) -> None:
    measured = Silence(120, 30)
    lasts(measured, clock, connected=False)
    assert measured.given_up
    assert str(measured) == "no connection for 31 s"
    assert lasts(measured, clock, connected=False) == GIVEN_UP_SECONDS + 1
    assert lasts(Silence(120, 30, given_up=True), clock, connected=False) == GIVEN_UP_SECONDS + 1
    measured.begin()
    assert not measured.look(connected=True)
    measured.hear()
    assert not measured.given_up
    assert lasts(measured, clock, connected=False) == 31


def test_signs_of_life_and_connections_in_between_are_waited_through(clock: Clock) -> None:
    measured = Silence(120, 30)
    for _ in range(20):
        clock.now += 100
        measured.hear()
        assert not measured.look(connected=True)
        clock.now += 29
        assert not measured.look(connected=False)
    assert str(measured) == "no connection for 29 s"
    measured.look(connected=True)
    assert str(measured) == "no sign of life for 29 s"
