"""Coroutines are begun, go on while a question waits for them, and stand still between."""

from __future__ import annotations

import asyncio
import collections
import errno
import signal
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from grader.sandbox.guest.handles import event_loop
from grader.sandbox.guest.handles.event_loop import EventLoop
from tests.patience import PATIENCE


@pytest.fixture
def loop() -> EventLoop:
    return EventLoop()


def ended(loop: EventLoop, number: int) -> Any:
    """The result of what was begun, once it has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        has_ended, result = loop.waited(number, 0.1)
        if has_ended:
            return result
    raise AssertionError("it has not ended")


async def doubled(value: int) -> int:
    return 2 * value


async def fails() -> None:
    await asyncio.sleep(0)
    raise ValueError("no")


def test_a_prepared_loop_needs_no_more_descriptors(
    loop: EventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.prepare()
    monkeypatch.setattr(asyncio, "new_event_loop", Mock(side_effect=OSError(errno.EMFILE, "")))
    with loop.running():
        task = asyncio.ensure_future(asyncio.sleep(0, "done"))
    assert loop.run(task) == "done"


def test_what_never_waits_has_ended_when_it_is_begun(loop: EventLoop) -> None:
    assert loop.begin(doubled(2))[1:] == (True, 4)
    assert loop.run(doubled(3)) == 6


def test_what_is_begun_goes_on_step_by_step(loop: EventLoop) -> None:
    seen: list[str] = []

    async def steps(name: str) -> str:
        for step in range(2):
            seen.append(f"{name}{step}")
            await asyncio.sleep(0)
        return name

    a, has_ended, _ = loop.begin(steps("a"))
    assert (seen, has_ended) == (["a0"], False)
    b, _, _ = loop.begin(steps("b"))
    assert seen == ["a0", "b0"]
    assert (ended(loop, b), ended(loop, a)) == ("b", "a")
    assert seen == ["a0", "b0", "a1", "b1"]


def test_two_wait_at_the_same_time(loop: EventLoop) -> None:
    most = 0
    inside: list[int] = []

    async def waits() -> None:
        nonlocal most
        inside.append(1)
        most = max(most, len(inside))
        await asyncio.sleep(0.01)
        inside.pop()

    for number in [loop.begin(waits())[0] for _ in range(2)]:
        ended(loop, number)
    assert most == 2


def test_what_is_raised_is_raised_once_it_has_ended(loop: EventLoop) -> None:
    number, has_ended, _ = loop.begin(fails())
    assert not has_ended
    with pytest.raises(ValueError, match="no"):
        ended(loop, number)
    assert loop.run(doubled(1)) == 2


def test_what_is_cancelled_cleans_up(loop: EventLoop) -> None:
    cleaned = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(1)

    number, _, _ = loop.begin(waits())
    assert loop.cancel(number) == (False, None)
    assert cleaned == [1]


def test_what_catches_its_cancellation_has_a_result(loop: EventLoop) -> None:
    async def stays() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return 3
        return 4

    assert loop.cancel(loop.begin(stays())[0]) == (True, 3)


def test_a_coroutine_asks_only_while_a_question_waits_for_it(loop: EventLoop) -> None:
    asked = threading.Event()

    async def asks_later() -> None:
        await asyncio.sleep(0.01)
        with loop.attended():
            asked.set()

    async def starts() -> asyncio.Task[None]:
        return asyncio.create_task(asks_later())

    task = loop.run(starts())
    assert not asked.wait(0.1)
    loop.run(doubled(1))
    assert asked.wait(PATIENCE)
    assert task is not None


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As while a kernel runs a cell; whoever runs the tests in the background ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_time_of_a_question_ends_what_was_begun(loop: EventLoop) -> None:
    main = threading.get_ident()

    async def interrupts() -> None:
        signal.pthread_kill(main, signal.SIGINT)
        await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        loop.run(interrupts())
    assert loop.run(doubled(4)) == 8


def test_a_coroutine_within_a_coroutine_runs(loop: EventLoop) -> None:
    async def outer() -> int:
        return int(loop.run(doubled(5))) + int(loop.begin(doubled(1))[2])

    assert loop.run(outer()) == 12


def test_while_the_end_of_one_is_not_told_no_other_one_is_waited_for(loop: EventLoop) -> None:
    slow = [loop.begin(asyncio.sleep(600))[0] for _ in range(3)]
    soon, _, _ = loop.begin(asyncio.sleep(0.01, "soon"))
    began = time.monotonic()
    assert loop.waited(slow[0], PATIENCE) == (False, None), "until the first one ends"
    for number in slow[1:]:
        assert loop.waited(number, PATIENCE) == (False, None)
    assert loop.waited(soon, PATIENCE) == (True, "soon")
    assert time.monotonic() - began < PATIENCE
    for number in slow:
        loop.cancel(number)


def test_a_turn_that_another_thread_adds_is_not_lost() -> None:
    class Ready(collections.deque[str]):
        added = False

        def _adding(self) -> None:
            if not self.added:
                self.added = True
                self.append("late")

        def popleft(self) -> str:
            self._adding()
            return super().popleft()

        def clear(self) -> None:
            self._adding()
            super().clear()

    ready = Ready(["a", "b"])
    with event_loop._nothing_else(SimpleNamespace(_ready=ready)):
        assert "a" not in ready
    assert [*ready] == ["a", "b", "late"]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_what_ends_a_program_ends_no_loop(loop: EventLoop, kind: type[BaseException]) -> None:
    async def leaves(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise kind

    with pytest.raises(kind):
        loop.begin(leaves(0))
    with pytest.raises(kind):
        loop.run(leaves(1))
    number, _, _ = loop.begin(leaves(1))
    with pytest.raises(kind):
        ended(loop, number)
    assert loop.run(doubled(1)) == 2
