"""An engine on this machine: a thread for each piece of work that is open.

A thread is enough: what is worth isolating starts a process of its own and waits for it.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time

from grader.engines.base import (
    Cancelled,
    Engine,
    Event,
    Failed,
    Finished,
    Started,
    Waiting,
    WentOn,
    Work,
)
from grader.engines.places import LOOK_SECONDS, Places
from grader.engines.reporter import EngineReporter
from grader.engines.scheduling import Capacity


class LocalEngine(Engine):
    """Carries out as much work at once as it is allowed to.

    Args:
        allowed: how much may compute, and be open, at once.
    """

    def __init__(self, allowed: Capacity) -> None:
        self._places = Places(allowed)
        self._queue: list[Work] = []
        self._threads: set[threading.Thread] = set()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._changed = self._places.changed  # guards all above
        self._left = 0  # ends that ``events`` has still to tell
        self._closed = False

    def submit(self, work: Work) -> None:
        """Take on the work, and start it if there is a place."""
        with self._changed:
            if work.key in self._places.open or any(work.key == other.key for other in self._queue):
                raise ValueError(f"work {work.key!r} was submitted before and has not ended")
            self._queue.append(work)
            self._left += 1
            self._start_what_may()

    @property
    def unfinished(self) -> int:
        """How many pieces of work have not told their end."""
        return 0 if self._closed else self._left

    def next_event(self, seconds: float) -> Event | None:
        """The next event; None where none comes in time."""
        end = time.monotonic() + seconds
        while self.unfinished:
            with self._changed:  # work may be overdue, or have waited for long enough
                self._start_what_may()
            left = max(0.0, end - time.monotonic())
            with contextlib.suppress(queue.Empty):
                event = self._events.get(timeout=min(left, LOOK_SECONDS))
                self._left -= isinstance(event, Finished | Failed)
                return event
            if not left:
                return None
        return None

    def cancel(self, key: str) -> None:
        """End a piece of work."""
        with self._changed:
            for work in [work for work in self._queue if work.key == key]:
                self._queue.remove(work)
                self._events.put(Failed(key, Cancelled(key)))
            if key in self._places.open:
                self._places.open[key].cancelled = True
                self._changed.notify_all()

    def close(self) -> None:
        """Cancel all work, and wait for the threads."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            for each in self._places.open.values():
                each.cancelled = True
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _start_what_may(self) -> None:
        """Start queued work where there is a place; work that wants its place back goes first."""
        self._changed.notify_all()
        while self._queue and self._places.may_start():
            work, long = self._places.pick(self._queue)
            self._queue.remove(work)
            self._places.start(work, long)
            thread = threading.Thread(target=self._carry_out, args=(work,), name=work.key)
            thread.daemon = True  # Python can end without it: the work's process watches this one
            self._threads.add(thread)
            try:
                thread.start()
            except RuntimeError as error:
                self._threads.discard(thread)
                self._put_back(work, error)
                return

    def _put_back(self, work: Work, error: RuntimeError) -> None:
        """Let work wait for which the machine has no thread; it fails where no other will end."""
        self._places.end(work.key)
        if self._places.open:
            self._queue.insert(0, work)
        else:
            self._events.put(Failed(work.key, error))

    def _carry_out(self, work: Work) -> None:
        end: Event
        self._events.put(Started(work.key, "this machine"))
        try:
            end = Finished(work.key, work.run(EngineReporter(self, work.key)))
        except BaseException as error:
            end = Failed(work.key, error)
        with self._changed:
            self._places.end(work.key)
            self._threads.discard(threading.current_thread())
            self._events.put(end)
            if not self._closed:
                self._start_what_may()

    def is_cancelled(self, key: str) -> bool:
        """Whether that work shall end."""
        return self._places.open[key].cancelled

    def told(self, event: Event) -> None:
        """Pass an event of a piece of work on."""
        self._events.put(event)

    def wait(self, key: str, reason: str) -> None:
        """Let other work have that work's place."""
        with self._changed:
            self._places.open[key].waits()
        self._events.put(Waiting(key, reason))

    def go_on(self, key: str) -> None:
        """Return when that work has a place again; raises ``Cancelled``."""
        with self._changed:
            each = self._places.open[key]
            self._places.go_on(key, lambda: each.cancelled)
            if each.cancelled:
                raise Cancelled(key)
            self._start_what_may()
        self._events.put(WentOn(key))
