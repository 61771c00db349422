"""Tasks of Dask's on chosen nodes, as the engine of a cluster uses them."""

from __future__ import annotations

import itertools
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client, Future

LOG = logging.getLogger("grader.cluster")

ANSWER_SECONDS = 15.0  # for an answer that takes no work


@dataclass(frozen=True)
class NodeInfo:
    """What a scheduler knows of a node.

    Attributes:
        name: in messages.
        resources: name to amount of what it was started with, as ``GPU``.
    """

    name: str
    resources: Mapping[str, float]


class Tasks:
    """Starts tasks on nodes, and tells of their end.

    Args:
        client: connected to the cluster's scheduler.
        prefix: of the keys of tasks.
        ended: called by a thread of Dask's with the key of each task that has ended.
    """

    def __init__(self, client: Client, prefix: str, ended: Callable[[str], None]) -> None:
        self._client, self._ended = client, ended
        self._prefix = f"{prefix}-{uuid.uuid4().hex}"
        self._numbers = itertools.count()

    @property
    def connected(self) -> bool:
        """Whether there is a connection to the scheduler; Dask closes a client some time later."""
        return bool(self._client.status == "running")

    def next_key(self) -> str:
        """A key that no task has had."""
        return f"{self._prefix}-{next(self._numbers)}"

    def start(
        self,
        address: str,
        function: Callable[..., Any],
        *given: Any,
        key: str = "",
        resources: Mapping[str, float] | None = None,
    ) -> Future:
        """Start a task on a node, and on no other.

        Args:
            address: the node's.
            function: what it does, called with ``given``.
            given: picklable.
            key: Dask's key; by default one that no task has had.
            resources: that it holds on the node until it ends.

        Raises:
            OSError: the scheduler is gone.
        """
        self._require_connected()
        future = self._client.submit(
            function,
            *given,
            key=key or self.next_key(),
            workers=[address],
            allow_other_workers=False,
            resources=resources,
            pure=False,
        )
        future.add_done_callback(lambda done: self._ended(done.key))
        return future

    def forget(self, future: Future) -> None:
        """Let the scheduler and the node drop a task, and cancel it if it runs."""
        try:
            self._client.cancel([future])
        except Exception as error:  # the scheduler is gone, and all its tasks with it
            LOG.debug("a task could not be cancelled: %r", error)

    def unsubscribe(self, topic: str) -> None:
        """Hear no more of a topic's events."""
        if self.connected:
            self._client.unsubscribe_topic(topic)

    def nodes(self) -> Mapping[str, NodeInfo]:
        """Address to what the scheduler knows of each node.

        Raises:
            OSError: the scheduler does not answer.
        """
        self._require_connected()
        identity = self._client.scheduler.identity
        found = self._client.sync(identity, n_workers=-1, callback_timeout=ANSWER_SECONDS)
        return {
            address: NodeInfo(node_name(address, each), dict(each.get("resources") or {}))
            for address, each in found["workers"].items()
        }

    def _require_connected(self) -> None:
        if not self.connected:
            raise ConnectionError("the connection to the scheduler is lost")


def node_name(address: str, described: Mapping[str, object]) -> str:
    """A node in messages: the name that it was given, and where it is."""
    name, place = str(described.get("name", "")), address.partition("://")[2]
    return place if name in ("", address) else f"{name} ({place})"
