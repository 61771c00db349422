"""Whose turn it is: requests wait by client, and clients are served one after the other.

One request is one epoch. So the trainings of two submissions interleave, and whoever asks for much
waits for nobody but himself.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from grader.referee.wire import Asked

MAX_WAITING = 16  # of one client; ours asks for one thing at a time
MAX_BYTES = 16 << 20  # of one client's waiting requests
MAX_ALL_BYTES = 256 << 20
MAX_CLIENTS = 1024


class Full(Exception):  # noqa: N818 -- named for what is the matter
    """More waits than may."""


class Flooded(Full):
    """And it is this one client's doing."""


@dataclass
class Request:
    """A request that waits or is being carried out.

    Attributes:
        client: the connection that it came by.
        asked: what it says.
        raw: as it came, to be passed on.
        lost: how often a trainer was lost over it.
    """

    client: bytes
    asked: Asked
    raw: bytes
    lost: int = 0


class Turns:
    """The requests that wait."""

    def __init__(self) -> None:
        self._of: OrderedDict[bytes, deque[Request]] = OrderedDict()  # who is next comes first
        self._bytes = 0

    def add(self, request: Request) -> None:
        """Let ``request`` wait, unless it waits already: who is unsure asks again.

        Raises:
            Flooded: the client asked for too much; what waited of it is forgotten.
        Full: all clients together did.
        """
        queue = self._of.get(request.client, deque())
        if any(waiting.asked.number == request.asked.number for waiting in queue):
            return
        size = sum(len(waiting.raw) for waiting in queue) + len(request.raw)
        if len(queue) >= MAX_WAITING or size > MAX_BYTES:
            self.forget(request.client)
            raise Flooded(
                f"more than {MAX_WAITING} requests or {MAX_BYTES >> 20} MB of one client: "
                "all of them are dropped; ask for one epoch, then for the next"
            )
        if self._bytes + len(request.raw) > MAX_ALL_BYTES or len(self._of) >= MAX_CLIENTS:
            raise Full("the referee has too many requests waiting: try again later")
        self._of.setdefault(request.client, queue).append(request)
        self._bytes += len(request.raw)

    def next(self) -> Request | None:
        """The request whose turn it is, which then waits no more; None: there is none."""
        if not self._of:
            return None
        client, queue = self._of.popitem(last=False)
        request = queue.popleft()
        self._bytes -= len(request.raw)
        if queue:
            self._of[client] = queue  # behind everybody else
        return request

    def forget(self, client: bytes) -> None:
        """Drop what waits of ``client``."""
        self._bytes -= sum(len(request.raw) for request in self._of.pop(client, ()))

    def __iter__(self) -> Iterator[Request]:
        """All that waits, in the order in which it will be served if nothing more comes."""
        queues = [list(queue) for queue in self._of.values()]
        for place in range(max(map(len, queues), default=0)):
            yield from (queue[place] for queue in queues if place < len(queue))
