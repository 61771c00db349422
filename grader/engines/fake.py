"""An engine for tests: one piece of work after the other, in the caller's thread.

It keeps the contract, and nothing in it depends on time: work runs when ``events`` reaches it, by
priority and then in the order in which it was submitted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

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
from grader.engines.reporter import EngineReporter


class FakeEngine(Engine):
    """Runs work in the order of priority and submission, and can make some of it fail.

    Args:
        failures: key to the error with which that work fails, once; the work itself is not run.

    Attributes:
        started: keys in the order in which work was started.
    """

    def __init__(self, failures: Mapping[str, BaseException] | None = None) -> None:
        self._failures = dict(failures or {})
        self._queue: list[Work] = []
        self._cancelled: set[str] = set()
        self._events: deque[Event] = deque()
        self._running = ""
        self._closed = False
        self.started: list[str] = []

    def submit(self, work: Work) -> None:
        """Put the work into the queue."""
        if work.key == self._running or any(work.key == other.key for other in self._queue):
            raise ValueError(f"work {work.key!r} was submitted before and has not ended")
        self._cancelled.discard(work.key)
        self._queue.append(work)

    @property
    def unfinished(self) -> int:
        """How many pieces of work have not told their end."""
        ends = sum(isinstance(event, Finished | Failed) for event in self._events)
        return 0 if self._closed else len(self._queue) + ends

    def next_event(self, seconds: float) -> Event | None:
        """Run work, and tell of it: all that one piece told comes when it has ended."""
        if not self.unfinished:
            return None
        if not self._events:
            self._run(self._next())
        return self._events.popleft()

    def cancel(self, key: str) -> None:
        """Let queued work fail without being run, and tell running work."""
        if key == self._running or any(key == work.key for work in self._queue):
            self._cancelled.add(key)

    def close(self) -> None:
        """Drop what was not run."""
        self._closed = True
        self._cancelled.add(self._running)
        self._queue.clear()

    def _next(self) -> Work:
        work = max(self._queue, key=lambda work: work.priority)  # the first of the greatest
        self._queue.remove(work)
        return work

    def _run(self, work: Work) -> None:
        if work.key in self._cancelled:
            self._events.append(Failed(work.key, Cancelled(work.key)))
            return
        self.started.append(work.key)
        self._events.append(Started(work.key, "here"))
        if (failure := self._failures.pop(work.key, None)) is not None:
            self._events.append(Failed(work.key, failure))
            return
        self._running = work.key
        try:
            result = work.run(EngineReporter(self, work.key))
        except Exception as error:
            self._events.append(Failed(work.key, error))
        else:
            self._events.append(Finished(work.key, result))
        finally:
            self._running = ""

    def told(self, event: Event) -> None:
        """Keep an event of the work that runs."""
        self._events.append(event)

    def is_cancelled(self, key: str) -> bool:
        """Whether that work shall end."""
        return key in self._cancelled

    def wait(self, key: str, reason: str) -> None:
        """Tell that the work waits; nothing else runs meanwhile."""
        self.told(Waiting(key, reason))

    def go_on(self, key: str) -> None:
        """Tell that the work goes on; raises ``Cancelled``."""
        if self.is_cancelled(key):
            raise Cancelled(key)
        self.told(WentOn(key))
