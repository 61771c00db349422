"""Runs coroutines of a student's, in a thread of its own: the kernel's own loop runs already."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any


class EventLoop:
    """An event loop that starts with its first coroutine and goes on as long as the kernel."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Run an awaitable; returns its result, or raises what it raises."""

        async def awaited() -> Any:
            return await awaitable

        return self._result(awaited())

    def next_of(self, iterator: Any) -> tuple[bool, Any]:
        """Whether an asynchronous iterator had another item, and that item."""

        async def item() -> tuple[bool, Any]:
            try:
                return True, await type(iterator).__anext__(iterator)
            except StopAsyncIteration:
                return False, None

        found: tuple[bool, Any] = self._result(item())
        return found

    def _result(self, coroutine: Any) -> Any:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:  # the question's time is up
            future.cancel()
            raise
