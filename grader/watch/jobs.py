"""The work that the service has given to its engine, and when it may give more."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from grader.engines import scheduling
from grader.engines.base import Event, Started, Waiting, WentOn, Work
from grader.engines.scheduling import Capacity, Running
from grader.model import Submission
from grader.notebook.judging.judge_submission import Judged
from grader.notebook.reporting.preliminary import Ticket
from grader.watch.watched import Watched


class Kind(StrEnum):
    """What a version is tested for."""

    PAGE = "page"
    GRADES = "grades"


@dataclass(frozen=True)
class Version:
    """One notebook that a student handed in.

    Attributes:
        submission: whose it is.
        since: when the student's wait for an answer began, in seconds since 1970.
        seen: when this version was seen.
        ticket: by which a page about it is published.
        announced: when the student was told last that it waits; None: not yet.
    """

    submission: Submission
    since: float
    seen: float
    ticket: Ticket
    announced: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Student and assignment."""
        return self.submission.student, self.submission.assignment


@dataclass(frozen=True)
class Tested:
    """What a page was made of.

    Attributes:
        judged: the result of the run.
        at: when it was there.
        digest: of what was handed in.
    """

    judged: Judged
    at: datetime
    digest: str


@dataclass(frozen=True)
class Job:
    """A version that is being tested.

    Attributes:
        version: what is tested.
        kind: what for.
        watched: the assignment as it was when the test began.
        digest: of what was handed in.
        work: as the engine has it.
        for_page: what the page was made of, where this run adds to it.
        tried_again: whether the grader failed on it before.
    """

    version: Version
    kind: Kind
    watched: Watched
    digest: str
    work: Work
    for_page: Tested | None = None
    tried_again: bool = False


@dataclass
class _Place:
    job: Job
    since: float = field(default_factory=time.monotonic)
    waiting: bool = False


class Jobs:
    """The jobs that the engine has.

    Args:
        allowed: how many may compute, and be open, at once.
    """

    def __init__(self, allowed: Capacity) -> None:
        self._allowed = allowed
        self._open: dict[str, _Place] = {}

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def __contains__(self, key: str) -> bool:
        """Whether a job of this key is open."""
        return key in self._open

    @property
    def students(self) -> frozenset[str]:
        """Students whose pages are being made."""
        pages = (place.job for place in self._open.values() if place.job.kind is Kind.PAGE)
        return frozenset(job.version.submission.student for job in pages)

    @property
    def may_start(self) -> bool:
        """Whether one more would get a place at once."""
        now = time.monotonic()
        running = [
            Running(place.job.work, now - place.since, False)
            for place in self._open.values()
            if not place.waiting
        ]
        return scheduling.may_start(running, len(self._open) - len(running), self._allowed)

    def for_grades(self) -> list[Job]:
        """Jobs that a page goes before: those that compute first, and of them the latest."""
        places = sorted(self._open.values(), key=lambda place: (place.waiting, -place.since))
        return [place.job for place in places if place.job.kind is Kind.GRADES]

    def add(self, job: Job) -> None:
        """A job was given to the engine."""
        self._open[job.work.key] = _Place(job)

    def follow(self, event: Event) -> None:
        """Take in where a job stands."""
        place = self._open[event.key]
        if isinstance(event, Started | Waiting | WentOn):
            place.waiting = isinstance(event, Waiting)
            place.since = time.monotonic()

    def take(self, key: str) -> Job:
        """A job has ended."""
        return self._open.pop(key).job
