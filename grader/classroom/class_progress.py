"""How far the grading of a class has come, and how long the rest takes; without any output."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader.engines.base import Event, Failed, Finished, Progressed, Started, Waiting, WentOn
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.notebook.judging.judge_messages import CellStarted


@dataclass
class OpenSubmission:
    """A submission that is being graded.

    Attributes:
        begin: when it got its place, on the progress' clock.
        cell: that runs, or ran last.
        training: the epoch that it asked for last.
        accuracy: that this epoch had, once it is there.
        waiting: whether it waits for the referee.
        waited: seconds that it has waited, before the present wait.
        since: when the present wait began.
    """

    begin: float
    cell: str = ""
    training: EpochAwaited | None = None
    accuracy: float | None = None
    waiting: bool = False
    waited: float = 0.0
    since: float = 0.0

    def own_seconds(self, now: float) -> float:
        """What it has taken itself, without waiting for trainings."""
        waits_now = now - self.since if self.waiting else 0.0
        return max(0.0, now - self.begin - self.waited - waits_now)


@dataclass
class _Network:
    """The progress of one network's training."""

    epochs: int = 0  # that were awaited so far
    asked: int = 0  # the most that a student asked for
    seconds: list[float] = field(default_factory=list)  # of epochs that were computed now
    students: set[str] = field(default_factory=set)  # whose submissions have not ended
    ended: bool = False  # with its last epoch for some submission

    def left(self, usual_seconds: float, usual_epochs: float) -> float:
        """Seconds that its training takes from now on."""
        if not self.students or self.ended:
            return 0.0
        epochs = min(self.asked, usual_epochs) if usual_epochs else self.asked
        seconds = statistics.fmean(self.seconds) if self.seconds else usual_seconds
        return max(0.5, epochs - self.epochs) * seconds


class ClassProgress:
    """Follows an engine's events; its keys are students.

    Args:
        total: submissions of the class.
        workers: submissions that compute at once.
        expected: student to the seconds that grading took the last time, without trainings.
        now: the clock.

    Attributes:
        open: the submissions that are being graded, in the order in which they were started.
        done: how many submissions have their result.
    """

    def __init__(
        self,
        total: int,
        workers: int,
        expected: Mapping[str, float] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total, self._workers, self._expected = total, workers, dict(expected or {})
        self._now = now
        self.begin = now()
        self.open: dict[str, OpenSubmission] = {}
        self.done = 0
        self._own: list[float] = []  # of submissions that were graded now
        self._networks: dict[str, _Network] = {}

    @property
    def waiting(self) -> int:
        """How many submissions wait for a training."""
        return sum(each.waiting for each in self.open.values())

    @property
    def running(self) -> int:
        """How many submissions compute."""
        return len(self.open) - self.waiting

    def count_result(self, student: str) -> None:
        """A submission has its result: graded now, graded before, or never to be graded."""
        self.done += 1
        self._expected.pop(student, None)

    def follow(self, event: Event) -> None:
        """Take in what the engine tells."""
        now = self._now()
        match event:
            case Started(student, _):
                self.open[student] = OpenSubmission(now)
            case Progressed(student, CellStarted(name)):
                self.open[student].cell = name
            case Progressed(student, EpochAwaited() as awaited):
                self._await(student, awaited)
            case Progressed(student, EpochTrained() as trained):
                self._train(student, trained)
            case Waiting(student, _):
                each = self.open[student]
                each.waiting, each.since = True, now
            case WentOn(student):
                self._go_on(self.open[student], now)
            case Finished(student, _) | Failed(student, _):
                self._end(student, now)
            case _:
                pass

    def seconds_left(self) -> float | None:
        """An estimate of how long the rest takes; None as long as there is nothing to go by.

        Submissions share the workers, and trainings share the referee, side by side with them: what
        takes longer decides.
        """
        left = self.total - self.done
        if not left:
            return 0.0
        usual = statistics.fmean(self._own) if self._own else None
        if usual is None and not self._expected:
            return None
        return max(self._own_left(usual, left), self._trainings_left(left))

    def _own_left(self, usual: float | None, left: int) -> float:
        """Seconds of the submissions' own work, divided among the workers."""
        now = self._now()
        known = list(self._expected.values())
        typical = usual if usual is not None else statistics.fmean(known)
        queued = max(0, left - len(self.open))
        remaining = [
            max(0.0, self._expected.get(student, typical) - each.own_seconds(now))
            for student, each in self.open.items()
        ]
        unstarted = [s for student, s in self._expected.items() if student not in self.open]
        unknown = max(0, queued - len(unstarted))
        total = sum(remaining) + sum(unstarted[:queued]) + unknown * typical
        return max(total / self._workers, max(remaining, default=0.0))

    def _trainings_left(self, left: int) -> float:
        """Seconds of trainings: those of networks that are known, and as many more as usual."""
        if not self._networks:
            return 0.0
        spent = [s for network in self._networks.values() for s in network.seconds]
        usual_seconds = statistics.fmean(spent) if spent else 0.0
        lengths = [network.epochs for network in self._networks.values() if network.ended]
        usual_epochs = statistics.fmean(lengths) if lengths else 0.0
        known = sum(net.left(usual_seconds, usual_epochs) for net in self._networks.values())
        started = self.done + len(self.open)
        queued = max(0, left - len(self.open))
        trained = [network for network in self._networks.values() if network.seconds]
        asked = statistics.fmean(network.asked for network in self._networks.values())
        more = queued * len(trained) / max(1, started) * (usual_epochs or asked) * usual_seconds
        return known + more

    def _await(self, student: str, awaited: EpochAwaited) -> None:
        each = self.open[student]
        each.training, each.accuracy = awaited, None
        network = self._networks.setdefault(awaited.network, _Network())
        network.students.add(student)
        if awaited.epoch > network.epochs:  # it goes on where another student's ended
            network.ended = False
        network.epochs = max(network.epochs, awaited.epoch)
        network.asked = max(network.asked, awaited.epochs)

    def _train(self, student: str, trained: EpochTrained) -> None:
        self.open[student].accuracy = trained.accuracy
        if trained.fresh:
            self._networks[trained.awaited.network].seconds.append(trained.seconds)

    def _go_on(self, each: OpenSubmission, now: float) -> None:
        if each.waiting:
            each.waited += now - each.since
            each.waiting = False

    def _end(self, student: str, now: float) -> None:
        each = self.open.pop(student, None)
        if each is None:
            return
        self._own.append(each.own_seconds(now))
        for network in self._networks.values():
            if student in network.students:
                network.students.discard(student)
                network.ended = True
