"""The queue of requests: whose is carried out next.

A request is one epoch. What the store holds already comes first, and requests that may come later
(those for further seeds) come last. In between the epoch that most clients wait for is first.
Otherwise clients take turns, one epoch each: the trainings of two submissions interleave, and a
client that asks for much delays only itself.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from grader.referee.service.messages import Request
from grader.referee.spec.recipe import Observation

MAX_WAITING = 16  # of one client; ours asks for one thing at a time
MAX_BYTES = 16 << 20  # of one client's waiting requests
MAX_ALL_BYTES = 256 << 20
MAX_CLIENTS = 1024
MAX_PASSED = 8  # trainings for others that overtake a request; then it takes its turn
MAX_KNOWN = 4096  # keys of epochs that are remembered as stored


class Full(Exception):  # noqa: N818 -- named for the state of the queue
    """The queue is full."""


class Flooded(Full):
    """One client alone has more requests than may wait."""


_Known: TypeAlias = tuple[str, Observation]


@dataclass
class Job:
    """A request that waits or is being carried out.

    Attributes:
        client: the connection that it came by.
        request: the decoded request.
        raw: the request as it came, to be passed on to the trainer.
        lost: how often a trainer died while it carried this out.
        passed: how many trainings were begun while it was this one's turn.
    """

    client: bytes
    request: Request
    raw: bytes
    lost: int = 0
    passed: int = 0

    @cached_property
    def key(self) -> str:
        """Equal for requests of the same epoch, also where they observe different things."""
        return "" if self.request.recipe is None else self.request.recipe.key({})

    @property
    def known(self) -> _Known:
        """What the store holds once this was answered."""
        return self.key, self.request.observation

    @cached_property
    def chain(self) -> str:
        """Equal for requests whose recipes begin with the same epoch."""
        return "" if self.request.recipe is None else self.request.recipe.upto(1).key({})


class FairQueue:
    """The jobs that wait."""

    def __init__(self) -> None:
        self._of: OrderedDict[bytes, deque[Job]] = OrderedDict()  # the next client comes first
        self._bytes = 0
        self._known: OrderedDict[_Known, None] = OrderedDict()

    def add(self, job: Job) -> None:
        """Let ``job`` wait, unless it waits already: a client that is unsure asks again.

        Raises:
            Flooded: the client asked for too much; all its requests are forgotten.
            Full: all clients together asked for too much.
        """
        queue = self._of.get(job.client, deque())
        if any(waiting.request.number == job.request.number for waiting in queue):
            return
        size = sum(len(waiting.raw) for waiting in queue) + len(job.raw)
        if len(queue) >= MAX_WAITING or size > MAX_BYTES:
            self.forget(job.client)
            raise Flooded(
                f"more than {MAX_WAITING} requests or {MAX_BYTES >> 20} MB of one client: "
                "all of them are dropped; ask for one epoch, then for the next"
            )
        if self._bytes + len(job.raw) > MAX_ALL_BYTES or len(self._of) >= MAX_CLIENTS:
            raise Full("the referee has too many requests waiting: try again later")
        self._of.setdefault(job.client, queue).append(job)
        self._bytes += len(job.raw)

    def next(self, busy: Collection[str] = ()) -> Job | None:
        """Remove and return the next job; None if there is none.

        Args:
            busy: chains that are being trained; a job of one of these waits.
        """
        first = [_in_order(queue)[0] for queue in self._of.values()]
        ready = [job for job in first if job.chain not in busy]
        if not ready:
            return None
        job = min(ready, key=self._rank(first))
        if job.known not in self._known:
            for overtaken in ready[: ready.index(job)]:
                overtaken.passed += 1
        queue = self._of.pop(job.client)
        queue.remove(job)
        self._bytes -= len(job.raw)
        if queue:
            self._of[job.client] = queue  # behind all others
        return job

    def know(self, job: Job) -> None:
        """Remember that the store holds the result of ``job``: requests for it need not wait."""
        self._known[job.known] = None
        self._known.move_to_end(job.known)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    def forget(self, client: bytes) -> None:
        """Drop all jobs of ``client``."""
        self._bytes -= sum(len(job.raw) for job in self._of.pop(client, ()))

    def __iter__(self) -> Iterator[Job]:
        """All jobs, about in the order in which they will be served if none is added."""
        queues = [_in_order(queue) for queue in self._of.values()]
        for place in range(max(map(len, queues), default=0)):
            jobs = [queue[place] for queue in queues if place < len(queue)]
            yield from sorted(jobs, key=self._rank(jobs))

    def _rank(self, first: Sequence[Job]) -> Callable[[Job], tuple[int, ...]]:
        """The sort key of a job; among equals, the client that was served longest ago is first."""
        wanted = Counter(job.key for job in first)

        def rank(job: Job) -> tuple[int, ...]:
            overdue = job.passed >= MAX_PASSED
            return (
                job.known not in self._known,
                job.request.later,
                not overdue,
                0 if overdue else -wanted[job.key],
            )

        return rank


def _in_order(queue: deque[Job]) -> list[Job]:
    """A client's requests: those that may come later after all others."""
    return sorted(queue, key=lambda job: job.request.later)
