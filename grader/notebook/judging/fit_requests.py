"""Answers the requests of ``fit`` in a student's kernel, while the kernel is watched."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from grader.notebook.judging.clock import Clock

Reply = tuple[dict[str, Any], Sequence[bytes]]
Answer = Callable[[Mapping[str, Any]], Reply]

_LOOK_SECONDS = 1.0  # how long a kernel's death may go unnoticed while the referee works


class FitRequests:
    """Answers the requests of ``fit`` while the submission's clock is paused.

    Args:
        answer: a message to its reply and buffers; called in a thread, one message at a time.
        clock: the submission's.
    """

    def __init__(self, answer: Answer, clock: Clock) -> None:
        self._answer, self.clock = answer, clock

    async def reply(
        self, message: Mapping[str, Any], expect_alive: Callable[[], Awaitable[None]]
    ) -> Reply:
        """The reply to a message; ``expect_alive`` raises once the kernel that asked is gone.

        The epoch that the referee still works on is then dropped, and the next request waits for
        its end.
        """
        with self.clock.paused():
            working = _in_thread(lambda: self._answer(message))
            while not working.done():
                await asyncio.wait({working}, timeout=_LOOK_SECONDS)
                if not working.done():
                    await expect_alive()
            return working.result()


def asked(content: Mapping[str, Any]) -> dict[str, Any] | None:
    """The request of ``fit`` that a message on stdin holds; None if it holds none."""
    try:
        request = json.loads(content["prompt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return request if type(request) is dict and "fit" in request else None


def _in_thread(work: Callable[[], Reply]) -> asyncio.Future[Reply]:
    """Start ``work`` in a daemon thread: the process can end before it."""
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
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="referee").start()
    return done
