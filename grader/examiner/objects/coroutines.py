"""Coroutines of a student's in a test's event loop: they go on in the kernel, and wait here.

An event loop, or ``await``, drives a coroutine step by step. Here a step is a question: whether it
has ended. So several coroutines wait side by side, time limits end them, and what the loop itself
has to do is done between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any
from weakref import WeakKeyDictionary

from grader.examiner.objects.kept import Kept

_LONGEST = 1.0  # seconds of a question, where the loop has nothing else to do
_WAITING: WeakKeyDictionary[Any, int] = WeakKeyDictionary()  # how many of them a loop has


def steps(kept: Kept) -> Generator[None, Any, Any]:
    """Run an awaitable object of the student's; returns its result.

    Each step lets the loop do something else. What is thrown in cancels the coroutine.
    """
    number, ended, result = kept.operate("begin")
    while ended is not True:
        try:
            yield from _a_step()
        except GeneratorExit:  # Python has forgotten it; nothing can be asked now
            raise
        except BaseException:
            ended, result = kept.operate("cancel", number)
            if ended is not True:
                raise
            return result
        ended, result = kept.operate("waited", number, _seconds())
    return result


def _a_step() -> Generator[None, Any, None]:
    loop = asyncio._get_running_loop()
    if loop is None:  # a test drives the coroutine by hand
        yield
        return
    _WAITING[loop] = _WAITING.get(loop, 0) + 1
    try:
        yield
    finally:
        _WAITING[loop] -= 1


def _seconds() -> float:
    """How long the loop has nothing to do but wait for the student's coroutines."""
    loop: Any = asyncio._get_running_loop()
    ready = getattr(loop, "_ready", None)
    scheduled = getattr(loop, "_scheduled", None)
    if ready is None or scheduled is None or len(ready) > _WAITING.get(loop, 0):
        return 0.0
    if not scheduled:
        return _LONGEST
    return float(min(max(scheduled[0].when() - loop.time(), 0.0), _LONGEST))


class Driven:
    """A coroutine as an event loop drives it, from its first step on."""

    def __init__(self, kept: Kept) -> None:
        self._steps = steps(kept)

    def send(self, value: Any) -> Any:
        """Run to its next wait."""
        return self._steps.send(value)

    def throw(self, error: Any, *more: Any) -> Any:
        """Continue with an error, such as a cancellation."""
        return self._steps.throw(error, *more)

    def close(self) -> None:
        """End it."""
        self._steps.close()
