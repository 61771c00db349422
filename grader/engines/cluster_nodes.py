"""The nodes of a cluster as its engine sees them: which are there, and what each of them does."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.engines.cluster_node import Admission, admit
from grader.engines.cluster_tasks import ANSWER_SECONDS, Tasks
from grader.engines.places import LOOK_SECONDS, Places

if TYPE_CHECKING:
    from distributed import Future

LOG = logging.getLogger("grader.cluster")

ADMISSION_SECONDS = 300.0  # for a node to say what it can do
SILENT_SECONDS = 60.0  # of the scheduler, after which all nodes count as gone


class Node:
    """One node.

    Args:
        address: Dask's.
        name: in messages.
        admission: answers what it can carry out.

    Attributes:
        places: what it carries out; None until it is admitted.
        refused: whether it was not admitted.
        alone: the key of work that nothing else may run beside; empty for none.
    """

    def __init__(self, address: str, name: str, admission: Future) -> None:
        self.address, self.name = address, name
        self.admission: Future | None = admission
        self.asked = time.monotonic()
        self.places: Places | None = None
        self.refused = False
        self.alone = ""

    def take_admission(self) -> None:
        """Take in what the node said it can carry out, or that it said nothing in time."""
        future, self.admission = self.admission, None
        if future is None:
            return
        try:
            self.places = Places(future.result(timeout=ANSWER_SECONDS))
        except Exception as error:
            self.refused = True
            said = str(error) or type(error).__name__
            LOG.warning("the node %s gets no work: %s", self.name, said)


class Nodes:
    """All nodes of a cluster that the scheduler knows.

    Args:
        tasks: starts tasks on them.
        admission: called on each of them before it gets work.
    """

    def __init__(self, tasks: Tasks, admission: Admission) -> None:
        self._tasks, self._admission = tasks, admission
        self._known: dict[str, Node] = {}
        self._looked = -LOOK_SECONDS
        self._answered = self._last_node = time.monotonic()

    def look(self) -> list[Node]:
        """Notice nodes that came, at most once a second; returns those that have gone."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return []
        gone = self._compare()
        self._looked = time.monotonic()
        for node in self._known.values():
            if node.admission is not None and now - node.asked > ADMISSION_SECONDS:
                node.take_admission()
        if any(not node.refused for node in self._known.values()):
            self._last_node = self._looked
        return gone

    def take_end(self, task: str) -> None:
        """A task ended: perhaps a node's admission."""
        for node in self._known.values():
            if node.admission is not None and node.admission.key == task:
                node.take_admission()

    def usable(self) -> list[tuple[Node, Places]]:
        """The nodes that were admitted, with the most free places first."""
        admitted = [(node, node.places) for node in self._known.values() if node.places is not None]
        return sorted(admitted, key=lambda each: len(each[1].open) / each[1].allowed.workers)

    @property
    def seconds_without_nodes(self) -> float:
        """For how long there has been no node that was admitted, or may still be."""
        return self._looked - self._last_node

    def _compare(self) -> list[Node]:
        """Compare with what the scheduler knows now."""
        try:
            present = self._tasks.nodes()
        except (OSError, TimeoutError) as error:
            LOG.debug("the scheduler did not answer: %s", error)
            if time.monotonic() - self._answered < SILENT_SECONDS:
                return []
            present = {}
        else:
            self._answered = time.monotonic()
        for address in present.keys() - self._known.keys():
            count = neighbours(address, present)
            future = self._tasks.start(address, admit, self._admission, count)
            self._known[address] = Node(address, present[address].name, future)
        return [self._known.pop(address) for address in self._known.keys() - present.keys()]


def neighbours(address: str, addresses: Iterable[str]) -> int:
    """How many nodes are on one machine with that at ``address``, itself included."""
    machine = urlsplit(address).hostname
    return sum(urlsplit(each).hostname == machine for each in addresses)
