"""The trainer's supervisor: starts it, gives it one request at a time, and holds it to its limits.

A trainer that takes too long or too much memory is killed, and the request is refused. If it dies
by itself, a fresh one carries the request out once more. If that dies too, the request fails: the
referee's fault, and never a student's zero.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.fair_queue import Job
from grader.referee.service.messages import Hello, Task
from grader.referee.service.trainer_process import Setup, TrainerProcess
from grader.referee.service.wire import Part, ReplyHeader

LOG = logging.getLogger("grader.referee")

START_SECONDS = 300.0  # for importing Keras and finding its devices
MAX_STARTS = 3  # of a trainer that does not come up, for one request
GB = 1 << 30


@dataclass(frozen=True)
class Done:
    """A job that was carried out, refused or given up.

    Attributes:
        job: which.
        reply: the message to its client.
        stored: whether the store now holds the epoch that the job asked for.
    """

    job: Job
    reply: Sequence[Part]
    stored: bool = False


class TrainerSupervisor:
    """Supervises one trainer.

    Attributes:
        job: what is being carried out, or None.
        hello: what the trainer trains with; None until it has come up for the first time.
        problem: why it did not come up the last time; empty if it did.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._trainer: TrainerProcess | None = None
        self._ready = False
        self._served = 0  # requests, by this very process
        self._starts = 0  # in a row without coming up
        self._deadline = self._began = 0.0
        self.job: Job | None = None
        self.hello: Hello | None = None
        self.problem = ""

    @property
    def idle(self) -> bool:
        """Whether a job can be taken."""
        return self.job is None

    @property
    def started(self) -> bool:
        """Whether there is a trainer, which may not have come up yet."""
        return self._trainer is not None

    def fileno(self) -> int | None:
        """What becomes readable when there is something to ``look`` at; None: nothing will be."""
        return None if self._trainer is None else self._trainer.fileno()

    def start(self) -> None:
        """Start a trainer, unless there is one; a failure is told by ``look``."""
        if self._trainer is None:
            self._ready, self._served = False, 0
            try:
                self._trainer = TrainerProcess(self._setup)
            except OSError as error:  # the machine has no process left, or no descriptor
                self.problem = f"the referee's trainer cannot be started: {error.strerror}"
                LOG.error("%s", self.problem)
                return
            self._deadline, self.problem = time.monotonic() + START_SECONDS, ""

    def take(self, job: Job) -> None:
        """Carry a job out; only when ``idle``."""
        self.job = job
        self.start()
        if self._ready:
            self._begin(job)

    def look(self) -> Done | None:
        """Look at the trainer and react: its answer, its death, its time and memory."""
        if self._trainer is None:
            waits = self.job is not None and self.problem
            return self._answer(RefereeError(self.problem)) if waits else None
        if self._trainer.heard():
            return self._hear(self._trainer)
        if time.monotonic() > self._deadline:
            return self._out_of_time()
        if self.job and self._trainer.memory() > self._setup.budget.memory_bytes:
            return self._out_of_memory()
        return None

    def end(self) -> None:
        """Kill the trainer."""
        if self._trainer is not None:
            LOG.info("the trainer %s", self._trainer.end())
        self._trainer, self._ready = None, False

    def _begin(self, job: Job) -> None:
        assert self._trainer is not None
        assert job.request.recipe is not None
        # Epochs that are no longer in the store are trained again, all of them.
        epochs = job.request.recipe.epochs + (job.request.task is Task.MEASURE)
        self._began = time.monotonic()
        self._deadline = self._began + epochs * self._setup.budget.epoch_seconds
        try:
            self._trainer.send(job.raw)
        except OSError:
            return  # it is gone, and its pipe says so at the next look

    def _hear(self, trainer: TrainerProcess) -> Done | None:
        try:
            reply = trainer.receive()
        except (EOFError, OSError):
            return self._lost()
        header = wire.read_header(reply)
        if not self._ready:
            assert header.hello is not None  # the first thing that a trainer says
            self._came_up(Hello(header.hello))
            return None
        assert self.job is not None
        self._served += 1
        took = time.monotonic() - self._began
        LOG.info("%s, %.1f s, %s", _summary(self.job), took, _outcome(header))
        return self._done(reply, stored=header.refused is None and header.failed is None)

    def _came_up(self, hello: Hello) -> None:
        LOG.info("a trainer came up: %s", hello)
        self._ready, self._starts, self.hello = True, 0, hello
        self._deadline = float("inf")
        if self.job is not None:
            self._begin(self.job)

    def _lost(self) -> Done | None:
        """The trainer died: try once more, then give up the job."""
        assert self._trainer is not None
        was_ready, how = self._ready, self._trainer.end()
        self._trainer, self._ready = None, False
        LOG.error("the trainer %s; %s", how, _summary(self.job))
        if was_ready:
            failure = RefereeError(f"the referee's trainer {how}, twice; see {self._setup.log}")
            return self._again(failure) if self.job is not None else None
        self._starts += 1
        if self._starts < MAX_STARTS:
            self.start()
            return None
        self._starts = 0
        self.problem = f"the referee's trainer {how} before it was ready; see {self._setup.log}"
        return None if self.job is None else self._answer(RefereeError(self.problem))

    def _out_of_time(self) -> Done | None:
        if not self._ready:
            LOG.error("the trainer did not come up within %g s", START_SECONDS)
            return self._lost()
        LOG.warning("over its time: %s", _summary(self.job))
        self.end()
        return self._answer(
            DeclarationRefused(
                "an epoch of this training takes longer than {most:g} s, the most that an epoch "
                "may take: make the network smaller, or the batches larger",
                most=self._setup.budget.epoch_seconds,
            )
        )

    def _out_of_memory(self) -> Done | None:
        LOG.warning("over its memory: %s", _summary(self.job))
        first = not self._served
        self.end()
        refusal = DeclarationRefused(
            "this training takes more than the {most:.3g} GB of memory that it may: make the "
            "network or the batches smaller",
            most=self._setup.budget.memory_bytes / GB,
        )
        # Perhaps what was trained before it holds the memory: a fresh trainer will tell.
        return self._answer(refusal) if first else self._again(refusal)

    def _again(self, answer: DeclarationRefused | RefereeError) -> Done | None:
        """Carry the job out once more; the second time, answer it."""
        assert self.job is not None
        self.job.lost += 1
        if self.job.lost > 1:
            return self._answer(answer)
        self.start()
        return None

    def _answer(self, answer: DeclarationRefused | RefereeError) -> Done:
        assert self.job is not None
        return self._done(wire.write_reply(self.job.request.number, answer))

    def _done(self, reply: Sequence[Part], stored: bool = False) -> Done:
        job, self.job = self.job, None
        assert job is not None
        self._deadline = float("inf")
        return Done(job, reply, stored)


def _summary(job: Job | None) -> str:
    """What a job is about, for the log."""
    if job is None or job.request.recipe is None:
        return "nothing was asked"
    request, recipe = job.request, job.request.recipe
    network = hashlib.sha256(recipe.network.encode()).hexdigest()[:12]
    what = "measured after" if request.task is Task.MEASURE else "epoch"
    return f"{request.who or 'nobody'}: network {network}, {what} {recipe.epochs}"


def _outcome(header: ReplyHeader) -> str:
    """How a request was answered, for the log."""
    if header.epoch is not None:
        return "trained" if header.epoch.fresh else "from the store"
    if header.refused is not None:
        return f"refused: {wire.refused(header.refused)}"
    return "measured" if header.failed is None else f"failed: {header.failed}"
