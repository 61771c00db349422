"""The referee of a class on a cluster: on the node with a GPU, and on another when that is lost."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.cluster.referee_task import RefereeOrder, serve
from grader.engines.cluster_tasks import ANSWER_SECONDS, NodeInfo, Tasks
from grader.errors import GraderError, RefereeError

if TYPE_CHECKING:
    from distributed import Client, Future

LOG = logging.getLogger("grader.cluster")

GPU = "GPU"
START_SECONDS = 90.0  # for a node to say where its referee listens
_MOST_FAILURES = 5  # of starts, one after the other
_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Place:
    """Where the referee of a cluster is.

    Attributes:
        address: where it listens.
        key: its public key.
    """

    address: str
    key: str

    @property
    def host(self) -> str:
        """The machine, as its node's address names it."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True)
class _Running:
    """A referee that was started."""

    node: str
    future: Future


class ClusterReferee:
    """Keeps one referee running on a cluster.

    Args:
        client: connected to the cluster.
        order: what the referee is started with.

    Raises:
        GraderError: no node can run it.
    """

    def __init__(self, client: Client, order: RefereeOrder) -> None:
        self._order = order
        self._topic = f"grader-referee-{uuid.uuid4().hex}"
        self._told: queue.SimpleQueue[tuple[str, str, str]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._tasks = Tasks(client, self._topic, lambda _key: None)
        client.subscribe_topic(self._topic, lambda event: self._told.put(tuple(event[1])))
        self._running, self.place = self._start(self._tasks.nodes())
        self._watcher = threading.Thread(target=self._watch, name="referee", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """End it."""
        self._closing.set()
        self._watcher.join(START_SECONDS)
        self._tasks.forget(self._running.future)
        self._tasks.unsubscribe(self._topic)

    def _start(self, nodes: Mapping[str, NodeInfo]) -> tuple[_Running, Place]:
        """Start a referee on the best node; returns when it listens."""
        address = best_node(nodes)
        key = self._tasks.next_key()
        future = self._tasks.start(
            address,
            serve,
            *(self._order, key, self._topic),
            key=key,
            resources={GPU: 1} if nodes[address].resources.get(GPU) else None,
        )
        try:
            place = self._await_place(future, nodes[address].name)
        except BaseException:
            self._tasks.forget(future)
            raise
        return _Running(address, future), place

    def _await_place(self, future: Future, name: str) -> Place:
        end = time.monotonic() + START_SECONDS
        while future.status == "pending" and time.monotonic() < end:
            try:
                task, address, key = self._told.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if task == future.key:
                return Place(address, key)
        if future.status == "error":
            error = future.exception(timeout=ANSWER_SECONDS)
            kind = type(error) if isinstance(error, GraderError) else RefereeError
            raise kind(f"the node {name} cannot run the referee: {error}")
        raise RefereeError(
            f"no referee came up on the node {name} in {START_SECONDS:.0f} s: is its GPU in use by "
            "another run?"
        )

    def _watch(self) -> None:
        """Start it elsewhere when it is lost."""
        failures = 0
        while not self._closing.wait(_LOOK_SECONDS) and failures < _MOST_FAILURES:
            try:
                nodes = self._tasks.nodes()
                running = self._running
                if running.node in nodes and running.future.status == "pending":
                    failures = 0
                    continue
                LOG.warning("the referee was lost with its node; it is started on another")
                self._tasks.forget(running.future)
                self._running, self.place = self._start(nodes)
            except (GraderError, OSError, TimeoutError) as error:
                failures += 1
                LOG.warning("the referee could not be started: %s", error)
        if not self._closing.is_set():
            LOG.error("there is no referee any more: what needs a training is a grader fault")


def best_node(nodes: Mapping[str, NodeInfo]) -> str:
    """The node that has a GPU, else the first by name.

    Raises:
        RefereeError: there is no node.
    """
    if not nodes:
        raise RefereeError("the cluster has no node for a referee: start `grader worker`")
    return min(nodes, key=lambda address: (not nodes[address].resources.get(GPU), address))
