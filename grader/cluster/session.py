"""Prepares a cluster for a class: checks nodes, sends data, starts a referee and an engine."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from traitlets.config import Config

from grader import course_packages
from grader.cluster import addresses, node, node_data, node_facts, roll_call
from grader.cluster.addresses import LocalNodes
from grader.cluster.connection import connected
from grader.cluster.node_data import Manifest
from grader.cluster.referee import ClusterReferee, Place
from grader.cluster.referee_task import RefereeOrder
from grader.engines.base import Engine, Work
from grader.engines.cluster import ClusterEngine
from grader.engines.cluster_node import admit
from grader.engines.cluster_nodes import neighbours
from grader.engines.cluster_tasks import Tasks
from grader.errors import ConfigurationError, GraderError
from grader.notebook.assignment import Assignment
from grader.notebook.judging.judge_submission import SubmissionWork, judge_submission
from grader.settings import Settings

LOG = logging.getLogger("grader.cluster")

_LEAVE_SECONDS = 30.0

Where = Callable[[], Place | None]


@dataclass(frozen=True)
class Session:
    """A cluster that is ready to grade one assignment.

    Attributes:
        engine: for ``autograde.grade``.
        nodes: how many there are now.
        workers: submissions that compute at once on all of them.
    """

    engine: Engine
    nodes: int
    workers: int


@contextlib.contextmanager
def session(
    settings: Settings,
    assignment: Assignment,
    where: str,
    *,
    workers: int | None = None,
    insecure: bool = False,
) -> Iterator[Session]:
    """Get a cluster ready for an assignment; leave nothing on it afterwards.

    Args:
        settings: the course.
        assignment: what is graded.
        where: ``local:N``, or the address of a scheduler.
        workers: submissions that compute at once on each node; by default as the course says, or by
            the node's cores and memory.
        insecure: whether another machine may be reached without TLS.

    Raises:
        ConfigurationError: no cluster answers there, or a node cannot take part: one line for each.
        GraderError: no referee can be started.
    """
    asked = workers if workers is not None else settings.workers or None
    cluster = addresses.parse(where, insecure)
    _require_reachable_referee(settings, assignment, cluster)
    with (
        connected(cluster, settings.root / settings.cluster_key) as client,
        contextlib.ExitStack() as ends,
    ):
        tasks = Tasks(client, "grader-session", lambda _key: None)
        nodes = tasks.nodes()
        roll_call.require_same_grader(tasks, nodes)
        data = node_data.manifest(settings.data)
        roll_call.send_data(tasks, nodes, data)
        ends.callback(_leave, tasks)
        where_is = _referee(client, settings, assignment, data, ends)
        admission = _admission(settings, assignment, data, asked, where_is())
        allowed = roll_call.ask(
            tasks, nodes, admit, lambda address: (admission, neighbours(address, nodes))
        )
        engine = ClusterEngine(client, admission, partial(sent, data, where_is))
        ends.callback(engine.close)
        yield Session(engine, len(nodes), sum(each.workers for each in allowed.values()))


def sent(data: Manifest, where_is: Where, work: Work) -> node.JudgeOnNode:
    """What is sent to a node for a submission: its files, and where the referee is now.

    Args:
        data: what the course has of data sets.
        where_is: tells where the referee of this cluster is, if it has one.
        work: as ``autograde`` submits it.

    Raises:
        SubmissionError: its files cannot be read any more.
    """
    submission = _submission(work)
    settings = submission.settings
    if (place := where_is()) is not None:
        settings = replace(settings, referee=place.address, referee_key=place.key)
    carried = replace(submission, files=submission.files.carried(), settings=settings)
    return node.JudgeOnNode(carried, data)


def _submission(work: Work) -> SubmissionWork:
    match work.run:
        case functools.partial(func=function, args=(SubmissionWork() as submission,)):
            if function is judge_submission:
                return submission
    raise TypeError(f"the cluster was given {work.run!r:.200}, and expected a submission to judge")


def _require_reachable_referee(settings: Settings, assignment: Assignment, cluster: Any) -> None:
    elsewhere = not isinstance(cluster, LocalNodes)
    if elsewhere and assignment.uses_networks and settings.referee.startswith("ipc:"):
        raise ConfigurationError(
            f"c.Course.referee is {settings.referee}, which other machines cannot reach: expected "
            "local, for one on a node, or tcp://"
        )


def _referee(
    client: Any,
    settings: Settings,
    assignment: Assignment,
    data: Manifest,
    ends: contextlib.ExitStack,
) -> Where:
    """Start a referee on a node, if one is needed; returns what tells where it is."""
    if not assignment.uses_networks or settings.referee != "local":
        return lambda: None
    settings.runs.mkdir(parents=True, exist_ok=True)  # nodes that see it keep their runs there
    order = RefereeOrder(
        data,
        settings.runs,
        settings.backend,
        settings.widest_budget(),
        settings.referee_trainers,
    )
    referee = ClusterReferee(client, order)
    ends.callback(referee.close)
    return lambda: referee.place


def _admission(
    settings: Settings,
    assignment: Assignment,
    data: Manifest,
    workers: int | None,
    referee: Place | None,
) -> node.Admission:
    return node.Admission(
        replace(settings, config=Config()),
        assignment,
        node_facts.facts(settings.backend, course_packages.installed(settings)),
        data,
        workers,
        referee.host if referee else "",
    )


def _leave(tasks: Tasks) -> None:
    """Let the nodes end what they keep ready."""
    try:
        roll_call.ask(tasks, tasks.nodes(), node.leave, seconds=_LEAVE_SECONDS)
    except (GraderError, OSError, TimeoutError) as error:
        LOG.debug("a node could not be left: %s", error)
