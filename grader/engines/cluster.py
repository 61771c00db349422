"""An engine of many machines: the nodes of a cluster of Dask's ``distributed``.

The driver decides which work goes to which node, and Dask carries it there, says how it gets on,
and notices what is lost. A node's own places decide what of its work computes; this engine keeps a
copy of them to know where there is room.

What a lost node did is sent to another one. Work that was lost twice may be what ends nodes: it is
sent to a node where nothing else runs. If it is lost there too, it fails, and nothing else does.
"""

from __future__ import annotations

import logging
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.engines.base import (
    Cancelled,
    Engine,
    Event,
    Failed,
    Finished,
    Reporter,
    Work,
    WorkLost,
)
from grader.engines.cluster_attempt import Attempt
from grader.engines.cluster_node import Admission, carry_out, open_work
from grader.engines.cluster_nodes import Node, Nodes
from grader.engines.cluster_tasks import ANSWER_SECONDS, Tasks
from grader.engines.places import LOOK_SECONDS, Places

if TYPE_CHECKING:
    from distributed import Client

LOG = logging.getLogger("grader.cluster")

MOST_LOSSES = 3  # the last of them where nothing else ran
NO_NODE_SECONDS = 60.0  # that work waits where there is no node: one starts again in less
CLOSE_SECONDS = 60.0  # for work to end that is not wanted any more

Sent = Callable[[Work], Callable[[Reporter], Any]]


@dataclass(frozen=True)
class _Told:
    """A task told an event."""

    task: str
    number: int
    event: bytes


@dataclass(frozen=True)
class _Ended:
    """A task or an admission ended."""

    task: str


class ClusterEngine(Engine):
    """Carries out work on the nodes of a cluster, which may come and go meanwhile.

    Args:
        client: connected to the cluster's scheduler; it stays open.
        admission: called on each node with the number of nodes on its machine, before it gets work;
            returns how much it may carry out at once, or raises what is wrong; picklable.
        sent: what is sent to a node in place of the work's own function, made when it is sent.
    """

    def __init__(
        self, client: Client, admission: Admission, sent: Sent = lambda work: work.run
    ) -> None:
        self._sent = sent
        self._topic = f"grader-{uuid.uuid4().hex}"
        self._inbox: queue.SimpleQueue[_Told | _Ended] = queue.SimpleQueue()
        self._tasks = Tasks(client, self._topic, lambda key: self._inbox.put(_Ended(key)))
        self._nodes = Nodes(self._tasks, admission)
        self._queue: list[Work] = []
        self._attempts: dict[str, Attempt] = {}  # by Dask's key
        self._cancelled: set[str] = set()
        self._losses: Counter[str] = Counter()
        self._events: deque[Event] = deque()
        self._left = 0  # ends that ``next_event`` has still to tell
        self._closed = False
        client.subscribe_topic(self._topic, lambda event: self._inbox.put(_Told(*event[1])))

    def submit(self, work: Work) -> None:
        """Take on the work; ``next_event`` sends it where there is room."""
        open_keys = [each.work.key for each in self._attempts.values()]
        if work.key in [*open_keys, *(each.key for each in self._queue)]:
            raise ValueError(f"work {work.key!r} was submitted before and has not ended")
        self._cancelled.discard(work.key)
        self._queue.append(work)
        self._left += 1

    @property
    def unfinished(self) -> int:
        """How many pieces of work have not told their end."""
        return 0 if self._closed else self._left

    def next_event(self, seconds: float) -> Event | None:
        """The next event; None where none comes in time."""
        end = time.monotonic() + seconds
        while self.unfinished:
            self._look_at_nodes()
            self._send_what_may()
            if self._events:
                event = self._events.popleft()
                self._left -= isinstance(event, Finished | Failed)
                return event
            left = end - time.monotonic()
            if left <= 0:
                return None
            try:
                self._take(self._inbox.get(timeout=min(left, LOOK_SECONDS)))
            except queue.Empty:
                continue
        return None

    def cancel(self, key: str) -> None:
        """End a piece of work."""
        for work in [work for work in self._queue if work.key == key]:
            self._queue.remove(work)
            self._events.append(Failed(key, Cancelled(key)))
        for attempt in [each for each in self._attempts.values() if each.work.key == key]:
            self._cancelled.add(key)
            self._tasks.forget(attempt.future)  # its end then comes to the inbox

    def close(self) -> None:
        """Cancel all work, and wait until the nodes have ended it."""
        if self._closed:
            return
        self._closed = True
        self._queue.clear()
        for attempt in self._attempts.values():
            self._tasks.forget(attempt.future)
        end = time.monotonic() + CLOSE_SECONDS
        for node in {attempt.node for attempt in self._attempts.values()}:
            self._await_end(node, end)
        self._attempts.clear()
        self._tasks.unsubscribe(self._topic)

    def _look_at_nodes(self) -> None:
        """Send what lost nodes did to others, or let work fail where there is no node for it."""
        for node in self._nodes.look():
            LOG.warning("the node %s is gone", node.name)
            for attempt in [each for each in self._attempts.values() if each.node is node]:
                self._lose(attempt)
        if self._nodes.seconds_without_nodes > NO_NODE_SECONDS:
            said = f"no node could take it for {NO_NODE_SECONDS:.0f} s; `grader worker` starts one"
            self._events.extend(Failed(work.key, WorkLost(said)) for work in self._queue)
            self._queue.clear()

    def _send_what_may(self) -> None:
        """Send queued work to where there is room for it."""
        if not self._queue or not self._tasks.connected:
            return
        self._send_suspect()
        for node, places in self._nodes.usable():
            while places.may_start() and not node.alone:
                queued = [work for work in self._queue if not self._is_suspect(work)]
                if not queued:
                    return
                self._send(*places.pick(queued), node, places)

    def _send_suspect(self) -> None:
        """Empty a node for work that was lost repeatedly, and send it there."""
        suspects = {work.key: work for work in self._queue if self._is_suspect(work)}
        usable = self._nodes.usable()
        for node, places in usable:
            if node.alone not in suspects and node.alone not in places.open:
                node.alone = ""
        if suspects and usable and not any(node.alone for node, _ in usable):
            usable[0][0].alone = next(iter(suspects))
        for node, places in usable:
            if node.alone in suspects and not places.open:
                self._send(suspects[node.alone], False, node, places)

    def _is_suspect(self, work: Work) -> bool:
        return self._losses[work.key] >= MOST_LOSSES - 1

    def _send(self, work: Work, long: bool, node: Node, places: Places) -> None:
        import cloudpickle

        self._queue.remove(work)
        try:
            run = cloudpickle.dumps(self._sent(work))
        except Exception as error:
            self._events.append(Failed(work.key, error))
            return
        places.start(work, long)
        task = self._tasks.next_key()
        given = run, work.key, task, self._topic, node.name
        future = self._tasks.start(node.address, carry_out, *given, key=task)
        self._attempts[task] = Attempt(work, node, places, task, future)

    def _take(self, message: _Told | _Ended) -> None:
        """Take in what Dask brought."""
        attempt = self._attempts.get(message.task)
        match message:
            case _Told(_, number, event) if attempt is not None and number == attempt.told:
                self._events.append(attempt.take(event))
            case _Ended() if attempt is not None:
                self._take_end(attempt)
            case _Ended(task):
                self._nodes.take_end(task)

    def _take_end(self, attempt: Attempt) -> None:
        """Take in how a task ended, with the events of it that did not come by themselves."""
        outcome = attempt.outcome()
        if outcome is None:
            self._lose(attempt)
            return
        self._events.extend(attempt.take(event) for event in outcome.told[attempt.told :])
        self._end(attempt)
        self._events.append(attempt.last_event(outcome))

    def _lose(self, attempt: Attempt) -> None:
        """Queue the work again, or let it fail: it was cancelled, or was lost too often."""
        work = attempt.work
        self._end(attempt)
        if work.key in self._cancelled:
            self._events.append(Failed(work.key, Cancelled(work.key)))
            return
        self._losses[work.key] += 1
        if (losses := self._losses[work.key]) < MOST_LOSSES:
            self._queue.insert(0, work)
            return
        said = f"its node was lost {losses} times, at last {attempt.node.name}"
        self._events.append(Failed(work.key, WorkLost(said)))

    def _end(self, attempt: Attempt) -> None:
        """Free the place of a piece of work, and drop its task."""
        del self._attempts[attempt.task]
        attempt.places.end(attempt.work.key)
        self._tasks.forget(attempt.future)

    def _await_end(self, node: Node, end: float) -> None:
        """Wait until a node has ended all work of this engine."""
        while (left := end - time.monotonic()) > 0:
            try:
                future = self._tasks.start(node.address, open_work, self._topic)
                if not future.result(timeout=min(left, ANSWER_SECONDS)):
                    return
            except Exception as error:  # it is gone, and its work with it
                LOG.debug("%s does not say what it does: %r", node.name, error)
                return
            time.sleep(0.1)
        LOG.warning("the node %s has not ended its work in %.0f s", node.name, CLOSE_SECONDS)
