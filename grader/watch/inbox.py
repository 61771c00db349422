"""Finds what has arrived: in nbgrader's exchange, which is collected, or in submitted/."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.errors import ExchangeUnusableError, GraderError
from grader.model import Source, Submission
from grader.notebook import course_lock, exchange
from grader.notebook.exchange import Inbound
from grader.notebook.reporting import preliminary
from grader.notebook.submission import paths
from grader.settings import Settings
from grader.watch import identity
from grader.watch.logbook import Logbook

# A look collects for so long, and the next one goes on: a class that hands in at once takes
# nbgrader half a minute, and the first notebooks are tested meanwhile.
_LOOK_SECONDS = 1.0
_COLLECT_SECONDS = 5.0  # between two copies of a student's folder, which may be large
_RETRY_SECONDS = 60.0  # after nbgrader could not collect a student's folder
_LOCK_SECONDS = 2.0  # others record a submission in less; else the next look collects


@dataclass(frozen=True)
class Arrival:
    """A notebook that is new in submitted/.

    Attributes:
        submission: whose it is.
        seen: when it was seen, in seconds since 1970.
    """

    submission: Submission
    seen: float


class Inbox:
    """Finds what is new since it looked last.

    Args:
        settings: the course; its rules of watching say where submissions arrive.
        logbook: is told what cannot be read.
        clock: seconds since 1970.
    """

    def __init__(
        self, settings: Settings, logbook: Logbook, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings, self._logbook, self._clock = settings, logbook, clock
        self._collected: dict[tuple[str, str], tuple[str, ...]] = {}
        self._not_before: dict[tuple[str, str], float] = {}
        self._looked_at: dict[tuple[str, str], str] = {}
        self._seen: dict[tuple[str, str], str] = {}
        self._left: set[str] = set()

    @property
    def unfinished(self) -> bool:
        """Whether the last look left something in the exchange for the next one."""
        return bool(self._left)

    def look(self, name: str) -> list[Arrival]:
        """What is new for an assignment; all that lies there, the first time."""
        if self._settings.watch.source is Source.EXCHANGE:
            self._collect(name)
        return list(self._arrivals(name))

    def forget(self, name: str) -> None:
        """Find everything of an assignment once more: its source was changed."""
        self._seen = {key: stamp for key, stamp in self._seen.items() if key[1] != name}

    def _arrivals(self, name: str) -> Iterator[Arrival]:
        for student in paths.students(self._settings, name):
            submission = paths.submission(self._settings, student, name)
            stamp, key = identity.stamp(submission), (student, name)
            if stamp and stamp != self._seen.get(key) and self._settled(key, stamp):
                self._seen[key] = stamp
                yield Arrival(submission, self._clock())

    def _settled(self, key: tuple[str, str], stamp: str) -> bool:
        """Whether it is complete: unchanged since the look before, so nothing is writing it."""
        former, self._looked_at[key] = self._looked_at.get(key), stamp
        return former == stamp or self._settings.watch.source is Source.EXCHANGE

    def _collect(self, name: str) -> None:
        self._left.discard(name)  # an exchange that is gone keeps no `--once` running
        try:
            found = exchange.inbound(self._settings, name)
            self._logbook.trouble(f"the exchange for {name}", "")
        except GraderError as error:
            self._logbook.trouble(f"the exchange for {name}", str(error))
            return
        end = self._clock() + _LOOK_SECONDS
        for inbound in found:
            if not self._may_collect((inbound.student, name), inbound.folders):
                continue
            if self._clock() >= end:
                self._left.add(name)
                return
            self._collect_one(name, inbound)

    def _may_collect(self, key: tuple[str, str], folders: tuple[str, ...]) -> bool:
        """Whether there is another folder, and the student's last one was not copied just now.

        Any other folder counts, not only a later one: a classmate may have made one that is refused
        and whose name bears a time of next year.
        """
        left = self._not_before.get(key, 0.0) - self._clock()
        return not 0 < left <= _RETRY_SECONDS and self._collected.get(key) != folders

    def _collect_one(self, name: str, inbound: Inbound) -> None:
        key, about = (inbound.student, name), f"collecting {name} of {inbound.student}"
        submission = paths.submission(self._settings, inbound.student, name)
        try:
            if key in self._collected or not preliminary.is_of(submission, inbound.last):
                self._not_before[key] = self._clock() + _COLLECT_SECONDS
                with course_lock.writing(self._settings, _LOCK_SECONDS):
                    exchange.collect(self._settings, name, inbound.student, inbound.folders)
            self._logbook.trouble(about, "")
        except ExchangeUnusableError as error:
            self._logbook.trouble(about, str(error))
            self._not_before[key] = self._clock() + _RETRY_SECONDS
            return
        except GraderError as error:  # the lock is held by another process
            self._logbook.trouble(about, str(error))
            return
        self._collected[key] = inbound.folders
