"""The places of one machine: which open work computes, which waits, and who may start or go on.

``scheduling`` decides; this keeps what it decides by. An engine has one for each machine that it
sends work to, and a machine of a cluster has one itself, for the work of all who send it some.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from grader.engines import scheduling
from grader.engines.base import Work
from grader.engines.scheduling import Capacity, Running

SHORT_WAIT_SECONDS = 0.5  # a wait of less keeps its place: an answer that was there already
LOOK_SECONDS = 1.0  # how late overdue work is noticed


class OpenWork:
    """A piece of work that was started and has not ended.

    Args:
        work: the piece.
        long: whether it was picked since it takes long.

    Attributes:
        since: when it got its place, or began to wait.
        waiting: whether it waits for something else.
        wants_place: whether its wait is over, and it has no place yet.
        cancelled: whether it shall end.
    """

    def __init__(self, work: Work, long: bool) -> None:
        self.work, self.long = work, long
        self.since: float = time.monotonic()
        self.waiting = False
        self.wants_place = False
        self.cancelled = False

    @property
    def in_place(self) -> bool:
        """Whether it keeps others from starting."""
        seconds = time.monotonic() - self.since
        return not self.wants_place and (not self.waiting or seconds < SHORT_WAIT_SECONDS)

    def waits(self) -> None:
        """It now waits, and after a moment does without its place."""
        self.waiting, self.since = True, time.monotonic()

    def has_gone_on(self) -> None:
        """Its wait is over, and it has a place."""
        self.waiting = self.wants_place = False
        self.since = time.monotonic()


class Places:
    """The places of one machine. Where several threads use them, ``changed`` guards them.

    Args:
        allowed: how much may compute, and be open, at once.

    Attributes:
        open: key to open work.
        changed: notified when somebody may have got a place.
    """

    def __init__(self, allowed: Capacity) -> None:
        self.allowed = allowed
        self.open: dict[str, OpenWork] = {}
        self.changed = threading.Condition()

    def may_start(self) -> bool:
        """Whether another piece may start now; work that wants its place back goes first."""
        if any(each.wants_place for each in self.open.values()):
            return False
        running = self._running()
        return scheduling.may_start(running, len(self.open) - len(running), self.allowed)

    def pick(self, queued: Sequence[Work]) -> tuple[Work, bool]:
        """The piece to start next here, and whether since it takes long."""
        return scheduling.pick(queued, self._running(), self.allowed.workers)

    def start(self, work: Work, long: bool) -> OpenWork:
        """Give a piece of work a place."""
        self.open[work.key] = OpenWork(work, long)
        return self.open[work.key]

    def enter(self, work: Work, cancelled: Callable[[], bool]) -> None:
        """Return when the work has a place, or is cancelled; ``changed`` is held."""
        while not self.may_start() and not cancelled():
            self.changed.wait(LOOK_SECONDS)
        self.start(work, long=False)

    def go_on(self, key: str, cancelled: Callable[[], bool]) -> None:
        """Return when work has its place back, or is cancelled; ``changed`` is held."""
        each = self.open[key]
        if not each.in_place:
            each.wants_place = True
            while not cancelled() and not scheduling.has_place(self._running(), self.allowed):
                self.changed.wait(LOOK_SECONDS)
        each.has_gone_on()

    def end(self, key: str) -> None:
        """The work needs no place any more."""
        with self.changed:
            self.open.pop(key, None)
            self.changed.notify_all()

    def _running(self) -> list[Running]:
        now = time.monotonic()
        return [
            Running(each.work, now - each.since, each.long)
            for each in self.open.values()
            if each.in_place
        ]
