"""Answers what ``fit`` asks in a student's kernel, beside the watch over that kernel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from grader.notebook.clock import Clock

Reply = tuple[dict[str, Any], Sequence[bytes]]
Answer = Callable[[Mapping[str, Any]], Reply]

_LOOK_SECONDS = 1.0  # how long a kernel's death may go unnoticed while the referee works


class Serving:
    """Hands messages to whoever answers them; clocks stand still meanwhile.

    Args:
        answer: a message to its reply and buffers; called in a thread, one message at a time.
        clock: the student's, which is paused.
        waiting: entered besides, while a message is answered.
    """

    def __init__(
        self,
        answer: Answer,
        clock: Clock,
        waiting: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self._answer, self.clock, self._waiting = answer, clock, waiting

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """The referee works: no time of the student's goes by."""
        with self._waiting(), self.clock.paused():
            yield

    async def reply(
        self, message: Mapping[str, Any], expect_alive: Callable[[], Awaitable[None]]
    ) -> Reply:
        """The reply to a message; ``expect_alive`` raises where nobody waits for it any more.

        What the referee still works on is then dropped, and what comes next waits for its end.
        """
        with self.paused():
            working = _in_thread(lambda: self._answer(message))
            while not working.done():
                await asyncio.wait({working}, timeout=_LOOK_SECONDS)
                if not working.done():
                    await expect_alive()
            return working.result()


def asked(content: Mapping[str, Any]) -> dict[str, Any] | None:
    """What ``fit`` asks in a request on stdin; None for what is no message of its."""
    try:
        found = json.loads(content["prompt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if type(found) is dict and "fit" in found else None


def _in_thread(work: Callable[[], Reply]) -> asyncio.Future[Reply]:
    """Start ``work`` in a thread that nobody has to wait for when the process ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Reply] = loop.create_future()

    def settle(result: Reply | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        elif result is not None:
            done.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # it is raised where the result is waited for
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="referee").start()
    return done
