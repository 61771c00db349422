"""A referee on a node of a cluster: a task that lasts as long as its driver wants it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from grader.cluster import node, node_data
from grader.cluster.node_data import Manifest
from grader.engines.cluster_node import is_unwanted
from grader.errors import RefereeError
from grader.model import Budget
from grader.notebook.preflight import require_space
from grader.referee.service import trainer_capacity
from grader.referee.service.local import NetworkReferee, started_on
from grader.referee.service.trainer_process import Setup

_LOOK_SECONDS = 0.5  # how late it is noticed that nobody wants the referee any more


@dataclass(frozen=True)
class RefereeOrder:
    """What a referee is to be started with.

    Attributes:
        data: what the course has of data sets.
        runs: the course's store, as the driver sees it.
        backend: Keras'.
        budget: that its trainings are held to.
        trainers: how many train side by side; 0: by cores and memory.
    """

    data: Manifest
    runs: Path
    backend: str
    budget: Budget
    trainers: int


def serve(order: RefereeOrder, task: str, topic: str) -> None:
    """Run a referee on this node until the driver cancels this task, or is gone.

    The first event under ``topic`` tells the task, the referee's address and its public key.

    Raises:
        GraderError: it cannot run here, or keeps ending.
    """
    from distributed import get_worker, secede

    secede()
    worker = get_worker()
    with started_on(urlsplit(worker.address).hostname or "", _setup(order)) as referee:
        worker.log_event(topic, [task, referee.address, referee.key])
        while not is_unwanted(worker, task):
            _require_alive(referee)
            time.sleep(_LOOK_SECONDS)


def _setup(order: RefereeOrder) -> Setup:
    runs = node.store(order.runs)
    require_space(runs)
    plan = trainer_capacity.plan(order.trainers)
    data = node_data.require(order.data)
    return Setup(
        data, runs, order.backend, order.budget, trainers=plan.trainers, threads=plan.threads
    )


def _require_alive(referee: NetworkReferee) -> None:
    if not referee.folder.is_dir():
        raise RefereeError("the referee keeps ending; see referee.log in its folder of runs")
