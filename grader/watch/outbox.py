"""Publishes pages to students, and records results in the gradebook. Retries what failed."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from grader.errors import (
    ConfigurationError,
    ExchangeUnusableError,
    GraderError,
)
from grader.language import N_, gettext, ngettext
from grader.model import Outcome as ClaimOutcome
from grader.model import Told
from grader.notebook import machine_lacks, submission_state
from grader.notebook.judging.judge_submission import Judged
from grader.notebook.reporting import preliminary
from grader.settings import Settings
from grader.watch import identity, telling
from grader.watch.answers import Answer, Answers, Outcome
from grader.watch.jobs import Job, Tested, Version
from grader.watch.logbook import Logbook
from grader.watch.pace import Wait
from grader.watch.watched import Watched

_LOCK_SECONDS = 2.0  # others record a submission in less; else it is tried again at the next look
_NEXT = N_("Correct it, save it, and hand it in again.")


class Outbox:
    """Publishes and records.

    Args:
        settings: the course.
        answers: where what was answered is remembered.
        logbook: is told what happened.
        clock: seconds since 1970.

    Attributes:
        recorded: how many submissions were written into the gradebook.
        lost: how many results nbgrader refused to record.
    """

    def __init__(
        self, settings: Settings, answers: Answers, logbook: Logbook, clock: Callable[[], float]
    ) -> None:
        self._settings, self._answers = settings, answers
        self._logbook, self._clock = logbook, clock
        self._left: dict[str, Callable[[], None]] = {}
        self._counts: Counter[Outcome] = Counter()
        self.recorded = 0
        self.lost = 0

    @property
    def left(self) -> int:
        """How much could not be published or recorded so far."""
        return len(self._left)

    def counts(self) -> Mapping[Outcome, int]:
        """How many answers were given, by their outcome."""
        return {outcome: self._counts[outcome] for outcome in Outcome}

    def retry(self) -> None:
        """Try again what failed."""
        for about, do in list(self._left.items()):
            self._left.pop(about, None)  # another may have done it meanwhile
            self._do(about, do)

    # -- to students -----------------------------------------------------------------------------

    def answer(self, job: Job, judged: Judged) -> Tested:
        """Publish the page of a run; returns what it was made of."""
        tested = Tested(judged, datetime.fromtimestamp(self._clock()).astimezone(), job.digest)
        html = self._page(job, tested, None)
        answer = self._answer(job.version, job.watched, job.digest, Outcome.TESTED)
        answer = dataclasses.replace(answer, whole=not self._settings.watch.grades)
        self._publish(job.version, html, answer, _passed(judged))
        return tested

    def add_hidden(self, job: Job, judged: Judged) -> None:
        """Publish the page of an earlier run once more, with what may be told of hidden claims."""
        if job.for_page is None or not job.watched.adds_to_page:
            return
        html = self._page(job, job.for_page, judged)
        self._publish(job.version, html, None, "what may be told of hidden claims is added")

    def say_unreadable(self, version: Version, watched: Watched, digest: str, problem: str) -> None:
        """Answer that the notebook cannot be read."""
        unreadable = gettext(
            "The notebook that you handed in cannot be read, so nothing was tested."
        )
        said = unreadable, gettext(_NEXT)
        html = self._notice_page(version, watched, gettext("Not tested"), said)
        answer = self._answer(version, watched, digest, Outcome.UNREADABLE)
        self._publish(version, html, answer, f"unreadable: {problem}")

    def say_fault(self, job: Job, problem: str) -> None:
        """Answer that the grader failed."""
        said = (
            gettext(
                "The grader failed on your notebook. That is not your fault, and costs you no turn."
            ),
            gettext(
                "Your instructor finds a line about it in the log. You may hand in again at any "
                "time."
            ),
        )
        html = self._notice_page(job.version, job.watched, gettext("Not tested"), said)
        answer = self._answer(job.version, job.watched, job.digest, Outcome.FAULT)
        self._publish(job.version, html, answer, f"fault: {problem}")

    def tell_fault(self, job: Job, problem: str) -> None:
        """The grader failed after the student had a page: only the log says so."""
        student, name = job.version.key
        self._logbook.tell(
            "fault", f"{student}: {name} is not graded: {problem}", student=student, assignment=name
        )

    def say_waiting(self, version: Version, watched: Watched, wait: Wait) -> None:
        """Tell a student that a version waits, and for what."""
        if wait.allowed > self._clock():
            tested = gettext("It is tested at {time} or soon after.", time=_moment(wait.allowed))
            said = [tested, telling.limits(self._settings.watch)]
        elif wait.ahead:
            before = ngettext(
                "All places are taken by others, and {count} notebook is before it.",
                "All places are taken by others, and {count} notebooks are before it.",
                wait.ahead,
            )
            said = [before, gettext("Fetch the feedback again in a few minutes.")]
            if wait.expected is not None:
                when = _moment(wait.expected)
                said[1] = gettext("It is probably tested at about {time}.", time=when)
        else:
            following = gettext("All places are taken by others: it is next.")
            said = [following, gettext("Fetch the feedback again in a few minutes.")]
        title, first = gettext("Your notebook waits for its turn"), version.announced is None
        self._notice(version, watched, title, tuple(said), log=first)

    def say_replaced(self, version: Version, watched: Watched) -> None:
        """Tell a student that a version is not tested, since there is a newer one."""
        newer = gettext(
            "You handed in again before its turn: the newer notebook is tested in its place."
        )
        self._notice(version, watched, gettext("Not tested"), (newer,))

    # -- to the gradebook ------------------------------------------------------------------------

    def record(self, job: Job, judged: Judged) -> None:
        """Write a whole result into the gradebook, if it is of what is handed in still."""
        student, name = job.version.key

        def do() -> None:
            if self._lies_there(job):
                job.watched.recorder.record(judged, _LOCK_SECONDS)
                self.recorded += 1
                self._logbook.tell(
                    "recorded",
                    f"{student}: {name} is recorded in the gradebook",
                    student=student,
                    assignment=name,
                )
            self._answers.complete(student, name, job.digest)
            self._save_answers()

        self._do(f"recording {name} of {student}", do)

    def is_recorded(self, version: Version, watched: Watched, digest: str) -> bool:
        """Whether the gradebook has it already, by ``grader grade``; then nothing is left to do."""
        student, name = version.key
        with contextlib.suppress(GraderError):  # verdicts of another version, for example
            if submission_state.look_at(watched.whole, student).current:
                self._answers.complete(student, name, digest)
                self._save_answers()
                return True
        return False

    # -- how -------------------------------------------------------------------------------------

    def _page(self, job: Job, tested: Tested, whole: Judged | None) -> str:
        watched = job.watched
        said = telling.preliminary(
            self._settings.watch,
            job.version.ticket.handed_in,
            tested.at,
            hidden=watched.withheld,
            verdicts=whole.graded.verdicts if whole else None,
            part_hidden=watched.visible.part_hidden,
        )
        return preliminary.page(
            self._settings,
            watched.for_page.assignment,
            tested.judged,
            said,
            unnamed=() if watched.in_one else watched.visible.hidden,
        )

    def _answer(self, version: Version, watched: Watched, digest: str, outcome: Outcome) -> Answer:
        source = watched.whole.assignment.sha256
        told: Told = watched.told
        return Answer(*version.key, digest, source, told, self._clock(), outcome)

    def _publish(self, version: Version, html: str, answer: Answer | None, text: str) -> None:
        student, name = version.key

        def do() -> None:
            shown = preliminary.publish(self._settings, version.submission, version.ticket, html)
            if answer is not None:
                self._answers.add(answer)
                self._counts[answer.outcome] += 1
                self._save_answers()
            seconds = self._clock() - version.seen
            where = "" if shown else "; the page is in watch/feedback/, and not in an exchange"
            self._logbook.tell(
                "answered" if answer is not None else "added",
                f"{student}: {name} answered after {seconds:.1f} s: {text}{where}",
                student=student,
                assignment=name,
                outcome=answer.outcome if answer is not None else Outcome.TESTED,
                seconds=round(seconds, 3),
                published=shown,
            )

        self._do(f"the page of {student} on {name}, version of {version.ticket.handed_in}", do)

    def _notice_page(
        self, version: Version, watched: Watched, title: str, said: tuple[str, ...]
    ) -> str:
        assignment, student = watched.whole.assignment, version.submission.student
        return preliminary.notice(self._settings, assignment, student, title, said)

    def _notice(
        self,
        version: Version,
        watched: Watched,
        title: str,
        said: tuple[str, ...],
        *,
        log: bool = True,
    ) -> None:
        """Publish a notice; one that fails is not tried again: an answer follows it."""
        student, name = version.key
        html = self._notice_page(version, watched, title, said)
        try:
            preliminary.publish(self._settings, version.submission, version.ticket, html)
        except (GraderError, OSError) as error:
            self._logbook.trouble(f"a notice to {student} on {name}", str(error))
        else:
            if log:
                self._logbook.tell(
                    "told", f"{student}: {name}: {said[0]}", student=student, assignment=name
                )

    def _save_answers(self) -> None:
        """Save what was answered; apart from the page or record, which is not done twice for it."""
        self._do("what was answered", self._answers.save)

    def _lies_there(self, job: Job) -> bool:
        """Whether what was tested is what is handed in still."""
        return identity.digest(self._settings, job.version.submission) == job.digest

    def _do(self, about: str, do: Callable[[], None]) -> None:
        """Do it; keep it for later where the exchange, the disk or the gradebook is not there."""
        try:
            do()
            self._left.pop(about, None)
            self._logbook.trouble(about, "")
        except (GraderError, OSError) as error:
            self._logbook.trouble(about, f"{about}: {error}")
            if _may_pass(error):
                self._left[about] = do
            else:
                self.lost += 1


def _moment(time: float) -> str:
    return telling.moment(datetime.fromtimestamp(time).astimezone())


def _may_pass(error: BaseException) -> bool:
    """Whether what is not there now may be: an exchange, the gradebook, room, open files."""
    known = isinstance(error, ConfigurationError | ExchangeUnusableError | OSError)
    return known or bool(machine_lacks.lacking(error))


def _passed(judged: Judged) -> str:
    verdicts = judged.graded.verdicts
    passed = sum(verdict.outcome is ClaimOutcome.PASSED for verdict in verdicts)
    return f"{passed} of {len(verdicts)} claims passed"
