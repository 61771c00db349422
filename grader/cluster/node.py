"""What runs on a node of a cluster: whether it can take part, and the judging of submissions."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from grader.cluster import node_data, node_facts
from grader.cluster.node_data import Manifest
from grader.cluster.node_facts import Facts
from grader.engines.base import Reporter
from grader.engines.cluster_node import is_idle
from grader.engines.scheduling import Capacity
from grader.errors import ConfigurationError
from grader.notebook.assignment import Assignment
from grader.notebook.judging import scratch, warm_kernels
from grader.notebook.judging.judge_submission import Judged, SubmissionWork, judge_submission
from grader.notebook.memory_capacity import local_capacity
from grader.sandbox.host import try_sandbox
from grader.settings import Settings

_ELSEWHERE = "tcp://elsewhere:1"  # a referee that takes no memory of this machine


@dataclass(frozen=True)
class Admission:
    """Asks a node whether it can take part in grading a class; see ``ClusterEngine``.

    Attributes:
        settings: the course, without nbgrader's configuration.
        assignment: what is graded.
        facts: of the driver's machine, which must be the node's.
        data: what the course has of data sets.
        workers: submissions that compute at once on each node; None: by its cores and memory.
        referee_host: the machine of the referee, which leaves less memory to others there.
    """

    settings: Settings
    assignment: Assignment
    facts: Facts
    data: Manifest
    workers: int | None
    referee_host: str

    def __call__(self, neighbours: int) -> Capacity:
        """How much the node may carry out at once.

        Args:
            neighbours: how many nodes share its machine.

        Raises:
            GraderError: it cannot take part; says why.
        """
        course = dict(self.facts.course)
        there = node_facts.facts(self.settings.backend, course)
        if found := node_facts.differences(there, self.facts):
            raise ConfigurationError("; ".join(found))
        if self.settings.sandbox != "none":
            _try_sandbox_once()
        node_data.require(self.data)
        scratch.remove_leftovers()
        here = self.settings.referee == "local" and _host() == self.referee_host
        settings = replace(self.settings, referee="local" if here else _ELSEWHERE)
        return local_capacity(settings, self.assignment, self.workers, sharers=neighbours)


@dataclass(frozen=True)
class JudgeOnNode:
    """Judges a submission with what the node has in place of the driver's folders.

    Attributes:
        work: the submission, its files carried.
        data: what the course has of data sets.
    """

    work: SubmissionWork
    data: Manifest

    def __call__(self, reporter: Reporter) -> Judged:
        """Judge; raises as ``judge_submission`` does, and ``DataError``."""
        settings = replace(self.work.settings, data=node_data.require(self.data))
        return judge_submission(replace(self.work, settings=settings), reporter)


def store(runs: Path) -> Path:
    """Where a referee on this node keeps its runs: the course's store where the node sees it."""
    if runs.is_dir() and os.access(runs, os.W_OK):
        return runs
    kept = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(kept) / "grader" / "runs"


def leave() -> None:
    """End what this node keeps ready for submissions, unless another class is graded on it."""
    if is_idle():
        warm_kernels.close()


def _host() -> str:
    """The machine of this node, as its address names it."""
    from distributed import get_worker

    return urlsplit(get_worker().address).hostname or ""


@functools.cache
def _try_sandbox_once() -> None:
    try_sandbox()
