from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from grader.notebook.judging.clock import Clock
from grader.notebook.judging.fit_requests import FitRequests, asked
from tests.patience import PATIENCE


async def alive() -> None:
    """Somebody waits."""


@pytest.mark.lengthy
def test_a_message_is_answered_while_the_clock_stands_still() -> None:
    clock, wall = Clock(), time.monotonic()
    begin = clock.now()

    def answer(message: Any) -> Any:
        time.sleep(0.5)
        return {"echo": message}, [b"x"]

    requests = FitRequests(answer, clock)
    assert asyncio.run(requests.reply({"fit": 1}, alive)) == ({"echo": {"fit": 1}}, [b"x"])
    assert clock.now() - begin <= time.monotonic() - wall - 0.5


def test_a_mistake_of_ours_is_raised() -> None:
    def answer(_: Any) -> Any:
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        asyncio.run(FitRequests(answer, Clock()).reply({}, alive))


@pytest.mark.lengthy
def test_nobody_waits_for_a_dead_kernels_answer() -> None:
    release, clock = threading.Event(), Clock()

    def answer(_: Any) -> Any:
        release.wait(4 * PATIENCE)
        return {}, []

    async def dead() -> None:
        raise ConnectionError("gone")

    begin = time.monotonic()
    with pytest.raises(ConnectionError):
        asyncio.run(FitRequests(answer, clock).reply({}, dead))
    assert time.monotonic() - begin < PATIENCE
    release.set()
    before = clock.now()
    time.sleep(0.05)
    assert clock.now() > before, "the clock goes on"


@pytest.mark.parametrize("prompt", ["", "{", "3", "[]", "{}", None, 3, {}, "[" * 100_000])
def test_other_requests_are_none_of_fits(prompt: Any) -> None:
    assert asked({"prompt": prompt}) is None
    assert asked({}) is None
    assert asked({"prompt": '{"fit": "end"}'}) == {"fit": "end"}
