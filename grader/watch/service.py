"""The loop of the service: look what has arrived, test who is next, answer, record.

A page is made from a run without hidden tests, which a student's code could note down and print.
The whole work is graded afterwards, when nobody waits for a page, and recorded as ``grader grade``
records it. All is done by one thread; the engine's work is not.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import time
from collections.abc import Callable, Iterator

from grader.engines.base import Engine
from grader.errors import GraderError
from grader.model import Submission
from grader.notebook import machine_lacks
from grader.notebook.reporting import preliminary
from grader.settings import Settings
from grader.watch import identity, turns
from grader.watch.answers import Answer, Answers, Outcome
from grader.watch.health import Health
from grader.watch.inbox import Arrival, Inbox
from grader.watch.jobs import Jobs, Kind, Tested, Version
from grader.watch.logbook import Logbook
from grader.watch.outbox import Outbox
from grader.watch.pace import Pace, Wait
from grader.watch.penalties import Penalties
from grader.watch.tester import Tester, key_of
from grader.watch.turns import Turn
from grader.watch.watched import WatchedAssignments

LOG = logging.getLogger("grader.watch")

LOOK_SECONDS = 1.0  # between two looks at what has arrived
ANNOUNCE_SECONDS = 3.0  # a wait that is shorter needs no page of its own
RENEW_SECONDS = 120.0  # after which a page on a wait is written again, with what is known then


class Service:
    """Tests what arrives, for as long as ``step`` is called.

    Args:
        settings: the course.
        watched: the assignments.
        engine: judges; it stays open.
        jobs: what the engine has.
        logbook: is told what happens.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        settings: Settings,
        watched: WatchedAssignments,
        engine: Engine,
        jobs: Jobs,
        logbook: Logbook,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._watched, self._engine = settings, watched, engine
        self._jobs, self._logbook, self._clock = jobs, logbook, clock
        self._inbox = Inbox(settings, logbook, clock)
        self._answers = Answers(settings.root)
        self._penalties = Penalties(settings, logbook, clock)
        self._outbox = Outbox(settings, self._answers, logbook, clock)
        self._tester = Tester(settings, engine, jobs, self._outbox, self._to_be_graded)
        self._waiting: dict[tuple[str, str], Version] = {}
        self._ungraded: dict[tuple[str, str], tuple[Version, Tested | None]] = {}
        self._put_off: list[tuple[Version, Kind, Tested | None]] = []
        self._pace = Pace()
        self._looked_at = 0.0
        self._looks = 0
        self._broken = 0
        self._told: set[str] = set()

    def step(self, seconds: float) -> None:
        """Do what there is to do; returns after about ``seconds`` where there is nothing."""
        if not 0 <= self._clock() - self._looked_at < LOOK_SECONDS:  # a clock may be set back
            self._looked_at = self._clock()
            self._look()
        self._start()
        event = self._engine.next_event(seconds)
        while event is not None:
            with self._guarded(event.key):
                self._tester.handle(event)
            event = self._engine.next_event(0.0)

    @property
    def idle(self) -> bool:
        """Whether nothing is left that may be done now; some may have to wait for their turn."""
        looked = self._looks > 1 and not self._inbox.unfinished
        return looked and not (len(self._jobs) or self._ungraded or self._turns())

    @property
    def working(self) -> bool:
        """Whether the engine has work: then ``step`` waits for it."""
        return bool(self._engine.unfinished)

    @property
    def troubled(self) -> bool:
        """Whether something could not be tested, published or recorded."""
        return bool(self._faults or self._outbox.left or self._outbox.lost)

    @property
    def _faults(self) -> int:
        return self._tester.faults + self._broken

    @contextlib.contextmanager
    def _guarded(self, about: str) -> Iterator[None]:
        """Keep the service up where one submission brings up a fault of ours."""
        try:
            yield
        except Exception as error:
            self._broken += 1
            lack = machine_lacks.lacking(error)
            said = f"{about}: {lack or f'the grader failed ({type(error).__name__})'}"
            if said not in self._told:  # a look comes each second
                self._told.add(said)
                if not lack:
                    LOG.exception("%s: the grader failed", about)
                self._logbook.tell("fault", said)

    @property
    def waiting(self) -> int:
        """How many versions wait to be tested."""
        return len(self._all_waiting())

    def _all_waiting(self) -> dict[tuple[str, str], Version]:
        """The versions that wait for a page, those included that were put off."""
        return self._put_off_for(Kind.PAGE) | self._waiting

    def _put_off_for(self, wanted: Kind) -> dict[tuple[str, str], Version]:
        """The versions that were put off until the next look."""
        return {each.key: each for each, kind, _ in self._put_off if kind is wanted}

    def health(self) -> Health:
        """How the service is."""
        now = self._clock()
        waiting = self._all_waiting()
        oldest = min((version.since for version in waiting.values()), default=now)
        return Health(
            time=now,
            waiting=len(waiting),
            oldest_waiting_seconds=max(0.0, now - oldest),
            testing=len(self._jobs),
            ungraded=len(self._put_off_for(Kind.GRADES).keys() | self._ungraded.keys()),
            unpublished=self._outbox.left,
            answers=self._outbox.counts(),
            recorded=self._outbox.recorded,
            faults=self._faults,
        )

    # -- what arrives ----------------------------------------------------------------------------

    def _look(self) -> None:
        self._looks += 1
        self._take_up()
        for name in self._watched.refresh():
            self._logbook.tell("reloaded", f"{name}: its source was changed; all is tested again")
            self._inbox.forget(name)
        self._outbox.retry()
        with self._guarded("late penalties"):
            self._penalties.refresh(self._watched.names)
        for name in self._watched.names:
            arrivals: list[Arrival] = []
            with self._guarded(f"looking for {name}"):
                arrivals = self._inbox.look(name)
            for arrival in arrivals:
                with self._guarded(f"{arrival.submission.student}'s {name}"):
                    self._take_in(arrival)

    def _take_in(self, arrival: Arrival) -> None:
        submission = arrival.submission
        key = submission.student, submission.assignment
        ticket = preliminary.ticket(submission)
        version = Version(submission, arrival.seen, arrival.seen, ticket)
        if (answer := self._answer_to(submission)) is not None:
            if not answer.whole:
                self._finish_later(version)
            return
        if (former := self._waiting.get(key)) is not None:
            version = dataclasses.replace(version, since=former.since)
            if former.announced is not None:
                self._outbox.say_replaced(former, self._watched[submission.assignment])
        self._ungraded.pop(key, None)
        self._engine.cancel(key_of(version, Kind.GRADES))
        self._waiting[key] = version
        self._logbook.tell(
            "arrived",
            f"{submission.student} handed in {submission.assignment}",
            student=submission.student,
            assignment=submission.assignment,
        )

    def _answer_to(self, submission: Submission) -> Answer | None:
        """The answer that this very version got, by the source as it is now."""
        answer = self._answers.last(submission.student, submission.assignment)
        if answer is None or answer.outcome is Outcome.FAULT:
            return None
        source = self._watched[submission.assignment].whole.assignment.sha256
        try:
            digest = identity.digest(self._settings, submission)
        except (GraderError, OSError):  # the machine cannot read it now: it waits, and is tested
            return None
        return answer if (answer.digest, answer.source_sha256) == (digest, source) else None

    def _finish_later(self, version: Version) -> None:
        """A version whose grading was interrupted after its page: its page may lack something."""
        watched = self._watched[version.submission.assignment]
        if watched.adds_to_page:
            self._waiting[version.key] = version
        else:
            self._ungraded[version.key] = version, None

    # -- who is next -----------------------------------------------------------------------------

    def _turns(self) -> list[Turn]:
        waiting = [Turn(*version.key, version.since) for version in self._waiting.values()]
        now = self._clock()
        return turns.in_order(
            waiting, self._answers.times(now), self._jobs.students, self._settings.watch, now
        )

    def _start(self) -> None:
        """Start work as places allow: pages first, then grading."""
        queue = self._turns()
        while queue and self._jobs.may_start:
            turn = queue.pop(0)
            version = self._waiting.pop((turn.student, turn.assignment))
            with self._guarded(f"{turn.student}'s {turn.assignment}"):
                self._begin(version, Kind.PAGE)
        if queue:
            for job in self._jobs.for_grades()[:1]:
                self._engine.cancel(job.work.key)
        else:
            self._grade()
        self._pace.note(self._clock(), sum(self._outbox.counts().values()), bool(queue))
        self._announce([turn.student for turn in queue])

    def _grade(self) -> None:
        """Start to grade what has its page."""
        for key, (version, tested) in list(self._ungraded.items()):
            if not self._jobs.may_start:
                return
            if key_of(version, Kind.GRADES) not in self._jobs:
                del self._ungraded[key]
                with self._guarded(f"grading {key[0]}'s {key[1]}"):
                    self._begin(version, Kind.GRADES, tested)

    def _begin(self, version: Version, kind: Kind, tested: Tested | None = None) -> None:
        """Begin to test a version; at the next look, where the machine lacks what that takes."""
        try:
            watched = self._watched[version.submission.assignment]
            self._tester.begin(version, watched, kind, tested)
        except Exception as error:
            if machine_lacks.lacking(error):
                self._put_off.append((version, kind, tested))
            raise

    def _take_up(self) -> None:
        """Let what was put off have its turn again, unless a newer version has it."""
        for version, kind, tested in self._put_off:
            if kind is Kind.PAGE:
                self._waiting.setdefault(version.key, version)
            else:
                self._to_be_graded(version, tested)
        self._put_off.clear()

    def _to_be_graded(self, version: Version, tested: Tested | None) -> None:
        """A version has its page; it is graded unless a newer one is there already."""
        newest = self._ungraded.get(version.key, (version, tested))[0]
        if version.key not in self._waiting and newest.seen <= version.seen:
            self._ungraded[version.key] = version, tested

    def _announce(self, queue: list[str]) -> None:
        """Tell students that their version waits, and update that from time to time."""
        now, times = self._clock(), self._answers.times(self._clock())
        for key, version in self._waiting.items():
            told = version.announced
            due = version.seen + ANNOUNCE_SECONDS if told is None else told + RENEW_SECONDS
            if now < due:
                continue
            student = version.submission.student
            ahead = queue.index(student) if student in queue else 0
            soonest = turns.earliest(times.get(student, ()), self._settings.watch)
            wait = Wait(soonest, ahead, self._pace.expected(now, ahead))
            self._outbox.say_waiting(version, self._watched[version.submission.assignment], wait)
            self._waiting[key] = dataclasses.replace(version, announced=now)
