"""Submits versions to the engine, and handles the results."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from grader.engines.base import Cancelled, Engine, Event, Failed, Finished, Work
from grader.errors import GraderError, SubmissionError
from grader.notebook import machine_lacks, submission_state
from grader.notebook.judging.judge_submission import Judged, judge_submission
from grader.notebook.reporting import preliminary
from grader.notebook.submission.submitted_files import files_of
from grader.notebook.submission_state import SubmissionState
from grader.settings import Settings
from grader.watch import identity
from grader.watch.jobs import Job, Jobs, Kind, Tested, Version
from grader.watch.outbox import Outbox
from grader.watch.watched import Watched

_PRIORITY = {Kind.PAGE: 1, Kind.GRADES: 0}

Ungraded = Callable[[Version, Tested | None], None]


class Tester:
    """Tests versions.

    Args:
        settings: the course.
        engine: judges.
        jobs: what the engine has.
        outbox: publishes and records.
        ungraded: told of a version that is to be graded, and what its page was made of.

    Attributes:
        faults: how often the grader itself failed, also when it tried again.
    """

    def __init__(
        self, settings: Settings, engine: Engine, jobs: Jobs, outbox: Outbox, ungraded: Ungraded
    ) -> None:
        self._settings, self._engine, self._jobs = settings, engine, jobs
        self._outbox, self._ungraded = outbox, ungraded
        self.faults = 0

    def begin(
        self, version: Version, watched: Watched, kind: Kind, for_page: Tested | None = None
    ) -> None:
        """Begin to test a version, read as it is now: another one may take its place at any time.

        What cannot be read is answered at once; what the machine cannot read now is no answer.

        Raises:
            Exception: for which ``machine_lacks`` has words: begin later.
        """
        submission = version.submission
        version = dataclasses.replace(version, ticket=preliminary.ticket(submission))
        try:
            files = files_of(self._settings, submission).carried()
            digest = identity.digest_of(files)
        except (GraderError, OSError) as error:
            if machine_lacks.lacking(error):
                raise
            digest = identity.digest(self._settings, submission)
            self._outbox.say_unreadable(version, watched, digest, str(error))
            return
        if for_page is not None and for_page.digest != digest:
            return  # a newer version lies there, and is found at the next look
        grades_alone = kind is Kind.GRADES and not watched.adds_to_page
        if grades_alone and self._outbox.is_recorded(version, watched, digest):
            return
        loaded = watched.for_page if kind is Kind.PAGE else watched.whole
        state = SubmissionState(submission, files, files.sha256(), None, current=False)
        run = partial(judge_submission, submission_state.work_of(loaded, state))
        work = Work(key_of(version, kind), run, priority=_PRIORITY[kind])
        self._submit(Job(version, kind, watched, digest, work, for_page))

    def handle(self, event: Event) -> None:
        """Take in what the engine tells."""
        if event.key not in self._jobs:
            return
        match event:
            case Finished(key, judged):
                self._finished(self._jobs.take(key), judged)
            case Failed(key, error):
                self._failed(self._jobs.take(key), error)
            case _:
                self._jobs.follow(event)

    def _submit(self, job: Job) -> None:
        self._jobs.add(job)
        self._engine.submit(job.work)

    def _finished(self, job: Job, judged: Judged) -> None:
        if judged.faulty and self._tries_again(job):
            return
        self.faults += judged.faulty
        if job.kind is Kind.GRADES:
            self._outbox.record(job, judged)
            self._outbox.add_hidden(job, judged)
            return
        tested = self._outbox.answer(job, judged)
        if not self._settings.watch.grades:
            return
        if job.watched.in_one:
            self._outbox.record(job, judged)
        else:
            self._ungraded(job.version, tested)

    def _failed(self, job: Job, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            if job.kind is Kind.GRADES:
                self._ungraded(job.version, job.for_page)
        elif isinstance(error, SubmissionError) and not machine_lacks.lacking(error):
            if job.kind is Kind.PAGE:
                said = str(error)
                self._outbox.say_unreadable(job.version, job.watched, job.digest, said)
        elif not self._tries_again(job):
            self.faults += 1
            page = job.kind is Kind.PAGE
            say = self._outbox.say_fault if page else self._outbox.tell_fault
            say(job, submission_state.problem(error))

    def _tries_again(self, job: Job) -> bool:
        """Test once more: a fault of the grader may pass."""
        if job.tried_again:
            return False
        self._submit(dataclasses.replace(job, tried_again=True))
        return True


def key_of(version: Version, kind: Kind) -> str:
    """The key of the work of testing a version."""
    student, assignment = version.key
    return f"{kind} {assignment} {student}"
