"""A piece of work that was sent to a node of a cluster."""

from __future__ import annotations

import logging
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.engines.base import Event, Failed, Finished, Waiting, WentOn, Work
from grader.engines.cluster_node import Outcome
from grader.engines.cluster_nodes import Node
from grader.engines.cluster_tasks import ANSWER_SECONDS
from grader.engines.places import Places

if TYPE_CHECKING:
    from distributed import Future

LOG = logging.getLogger("grader.cluster")


@dataclass
class Attempt:
    """A piece of work that was sent to a node.

    Attributes:
        work: the piece.
        node: where it was sent.
        places: the copy of that node's.
        task: Dask's key.
        future: of its outcome.
        told: how many of its events were passed on.
    """

    work: Work
    node: Node
    places: Places
    task: str
    future: Future
    told: int = 0

    def take(self, event: bytes) -> Event:
        """Its next event; keeps the copy of the node's places true."""
        self.told += 1
        told: Event = pickle.loads(event)
        place = self.places.open[self.work.key]
        if isinstance(told, Waiting):
            place.waits()
        elif isinstance(told, WentOn):
            place.has_gone_on()
        return told

    def outcome(self) -> Outcome | None:
        """What its task brought; None where it was lost, or cancelled."""
        from distributed import KilledWorker

        try:
            if self.future.status == "error":
                error = self.future.exception(timeout=ANSWER_SECONDS)
                lost = error is None or isinstance(error, KilledWorker)
                return None if lost else Outcome(pickle.dumps((False, error)), ())
            if self.future.status == "finished":
                outcome: Outcome = self.future.result(timeout=ANSWER_SECONDS)
                return outcome
        except Exception as error:
            LOG.debug("the result of %s was lost: %r", self.work.key, error)
        return None

    def last_event(self, outcome: Outcome) -> Finished | Failed:
        """What the outcome means."""
        try:
            returned, end = pickle.loads(outcome.end)
        except Exception as error:
            returned, end = False, error
        return Finished(self.work.key, end) if returned else Failed(self.work.key, end)
