"""Runs coroutines of a student's, in a thread of its own: the kernel's own loop runs already.

The test's loop is in the examiner. There each coroutine is begun, and asked for from time to time
while others go on, so that several wait side by side and one may be given up. The loop here stands
still between these questions, so that the steps of coroutines follow each other as in one loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import queue
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from functools import partial
from threading import get_ident  # a test may replace it there
from typing import Any

_CANCELLED_SECONDS = 5.0  # that what is cancelled may take to end
_NUMBERS = itertools.count()

Work = Callable[[], Coroutine[Any, Any, Any]]


class _Contained(Exception):  # noqa: N818 -- it carries an error
    """Holds what would end the loop if a task raised it.

    Attributes:
        error: ``SystemExit`` or ``KeyboardInterrupt``.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


class EventLoop:
    """An event loop that starts with its first coroutine and goes on as long as the kernel."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: dict[int, asyncio.Task[Any]] = {}  # those that were begun
        self._questions: queue.SimpleQueue[tuple[Work, Future[Any]]] = queue.SimpleQueue()
        self._steering: asyncio.Task[None] | None = None  # carries out questions
        self._steers, self._turn = False, threading.Lock()
        self._gate = threading.Condition()
        self._is_attended = False  # whether a question waits for the loop
        self._beneath: EventLoop | None = None

    def prepare(self) -> None:
        """Make the loop of asyncio now: student code may leave no file descriptors for it."""
        self._made()

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Run an awaitable; returns its result, or raises what it raises."""
        return self._result(lambda: _awaited(awaitable))

    def next_of(self, iterator: Any) -> tuple[bool, Any]:
        """Whether an asynchronous iterator had another item, and that item."""

        async def item() -> tuple[bool, Any]:
            try:
                return True, await type(iterator).__anext__(iterator)
            except StopAsyncIteration:
                return False, None

        found: tuple[bool, Any] = self._result(item)
        return found

    def begin(self, awaitable: Awaitable[Any]) -> tuple[int, bool, Any]:
        """Run an awaitable until it waits; its number, whether it has ended, and its result."""
        if self._is_here():
            return self._inner().begin(awaitable)
        number = next(_NUMBERS)

        async def begun() -> None:
            with _nothing_else(asyncio.get_running_loop()):
                self._tasks[number] = asyncio.ensure_future(_contained(awaitable))
                await asyncio.sleep(0)  # meanwhile it runs

        self._result(begun)
        return (number, *self._outcome(number))

    def waited(self, number: int, seconds: float) -> tuple[bool, Any]:
        """Whether what was begun has ended, and its result.

        Args:
            number: of it.
            seconds: to wait for it, or for any other one to end; with 0 all go on by one step, as
                they do while the end of another one is not told yet.
        """
        if self._is_here():
            return self._inner().waited(number, seconds)
        waiting = [task for task in self._tasks.values() if not task.done()]
        if self._tasks[number] in waiting:
            is_any_untold = len(waiting) < len(self._tasks)
            self._result(lambda: _any_of(waiting, 0.0 if is_any_untold else seconds))
        return self._outcome(number)

    def cancel(self, number: int) -> tuple[bool, Any]:
        """Cancel what was begun; whether it has ended by itself nevertheless, and its result."""
        if self._is_here():
            return self._inner().cancel(number)
        task = self._tasks[number]
        self._result(lambda: _cancelled(task))
        if task.cancelled() or not task.done():
            del self._tasks[number]
            return False, None
        return self._outcome(number)

    @contextlib.contextmanager
    def attended(self) -> Iterator[None]:
        """Wait, in a coroutine, until a question waits for the loop: only then is there a reply."""
        if not self._is_here():
            yield
            return
        with self._gate:
            self._gate.wait_for(lambda: self._is_attended)
            yield

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Let plain code start tasks in this loop: as in a notebook, it counts as running.

        They take their first step with the next coroutine that is awaited.
        """
        if self._is_here():
            yield
            return
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self._made())
        try:
            yield
        finally:
            asyncio._set_running_loop(before)

    def _outcome(self, number: int) -> tuple[bool, Any]:
        if not self._tasks[number].done():
            return False, None
        try:
            return True, self._tasks.pop(number).result()
        except _Contained as contained:
            raise contained.error from None

    def _result(self, work: Work) -> Any:
        if self._is_here():
            return self._inner()._result(work)
        future: Future[Any] = Future()
        try:
            self._attend(True)
            with self._turn:
                self._questions.put((work, future))
                if not self._steers:
                    self._steers = True
                    asyncio.run_coroutine_threadsafe(self._steered(), self._started())
            return future.result()
        except KeyboardInterrupt:  # the question's time is up
            self._is_attended = False
            self._started().call_soon_threadsafe(self._give_up)
            raise
        finally:
            if self._is_attended:
                self._attend(False)

    async def _steered(self) -> None:
        """Carry out questions, and keep the loop still between them while anything is begun."""
        self._steering = asyncio.current_task()
        goes_on = True
        while goes_on:
            work, future = self._questions.get()
            try:
                answer: Callable[[], None] = partial(future.set_result, await work())
            except BaseException as error:
                answer = partial(future.set_exception, error)
            with self._turn:
                is_open = not all(task.done() for task in self._tasks.values())
                goes_on = self._steers = is_open or not self._questions.empty()
            answer()

    def _give_up(self) -> None:
        for task in (*self._tasks.values(), self._steering):
            if task is not None:
                task.cancel()
        self._tasks.clear()

    def _attend(self, attended: bool) -> None:
        """Say whether coroutines may ask; waits for one that does."""
        with self._gate:
            self._is_attended = attended
            self._gate.notify_all()

    def _made(self) -> asyncio.AbstractEventLoop:
        self._loop = self._loop or asyncio.new_event_loop()
        return self._loop

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = self._made()
        if self._thread is None:
            self._thread = threading.Thread(target=loop.run_forever, daemon=True)
            self._thread.start()
        return loop

    def _is_here(self) -> bool:
        """Whether a coroutine of this loop asks: the test's function that it calls awaits one."""
        return self._thread is not None and self._thread.ident == get_ident()

    def _inner(self) -> EventLoop:
        self._beneath = self._beneath or EventLoop()
        return self._beneath


@contextlib.contextmanager
def _nothing_else(loop: Any) -> Iterator[None]:
    """Let only what is begun now take a step, not what has its turn already."""
    ready = getattr(loop, "_ready", None)
    if ready is None:  # a loop that is not Python's own
        yield
        return
    # One by one: another thread may add to them at any moment.
    turns = [ready.popleft() for _ in range(len(ready))]
    try:
        yield
    finally:
        ready.extendleft(reversed(turns))


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def _contained(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except (KeyboardInterrupt, SystemExit) as error:
        raise _Contained(error) from None


async def _any_of(tasks: list[asyncio.Task[Any]], seconds: float) -> None:
    if seconds <= 0:
        await asyncio.sleep(0)
    else:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait([task], timeout=_CANCELLED_SECONDS)
