"""The words of the course as frozen dataclasses, which travel between the rooms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What came of one claim. Only ``PASSED`` scores; ``GRADER_FAULT`` is nobody's zero."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    OVER_LIMIT = "over a limit"
    NOT_ATTEMPTED = "not attempted"
    GRADER_FAULT = "grader fault"


@dataclass(frozen=True)
class Claim:
    """One graded test cell of an assignment.

    Attributes:
        name: the cell's ``grade_id``.
        points: what the claim is worth.
        statement: what is claimed, from the cell's line ``# Claim: ...``.
        hint: what to do where it fails, from the cell's line ``# Hint: ...``.
        needs: ``grade_id`` of every solution cell that the claim rests on, in notebook order.
        after_training: whether it is judged once all of the student's cells have run, from the
            cell's line ``# Judged: after training``.
    """

    name: str
    points: float
    statement: str
    hint: str
    needs: tuple[str, ...]
    after_training: bool = False


@dataclass(frozen=True)
class Verdict:
    """What came of one claim of one submission.

    Attributes:
        claim: the claim's name.
        outcome: see ``Outcome``.
        points: what the claim is worth.
        message: for the student: what was found, what was expected, what to do; empty if passed.
        seconds: wall time of the test cell.
    """

    claim: str
    outcome: Outcome
    points: float
    message: str = ""
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Points earned, or None where the grader itself failed and a person must look."""
        if self.outcome is Outcome.GRADER_FAULT:
            return None
        return self.points if self.outcome is Outcome.PASSED else 0.0


@dataclass(frozen=True)
class Limits:
    """What one submission may use up.

    Attributes:
        submission_seconds: wall time of the whole, while its clock is not paused.
        cell_seconds: wall time of one cell; held by whoever runs the cells.
        memory_bytes: of all its processes together, files in memory included.
        processes: processes and threads together.
        file_bytes: of any one file it writes.
        scratch_bytes: of its scratch folder, and again of its shared memory.
        output_bytes: of the messages that its kernel sends.
    """

    submission_seconds: float = 900.0
    cell_seconds: float = 120.0
    memory_bytes: int = 4 << 30
    processes: int = 512
    file_bytes: int = 256 << 20
    scratch_bytes: int = 512 << 20
    output_bytes: int = 20 << 20


@dataclass(frozen=True)
class Budget:
    """What the trainings of one submission may cost the referee.

    Attributes:
        epochs: of one model, all its fits together; training ends there, whatever was asked.
        trainings: calls of ``fit`` in one submission.
        weights: numbers that a network may hold.
        operations: multiplications that a network may do for one image.
        epoch_seconds: that one epoch may take.
        memory_bytes: that the trainer may take.
    """

    epochs: int = 30
    trainings: int = 20
    weights: int = 64_000_000
    operations: int = 100_000_000
    epoch_seconds: float = 900.0
    memory_bytes: int = 12 << 30


@dataclass(frozen=True)
class Run:
    """All that one model was trained, as the referee carried it out or as Keras recorded it.

    Attributes:
        key: the referee's, or empty where Keras recorded it.
        logs: what each epoch logged, all fits in order.
        fits: how many epochs each call of ``fit`` took.
        callbacks: names of the classes of the callbacks that the last fit was given.
        asked: epochs that the last fit was asked for.
        stopped: whether a callback ended the last fit.
        whole: whether every fit was given the whole training set, of which up to half may be held
            back for validation; None: not known.
        train_accuracy: share of the whole training set told right at the end; None: not measured.
        test_accuracy: share of the whole test set, likewise.
        parameters: how many weights the network has.
        seconds: that the epochs took when they were trained.
        device: that they were trained on, in words.
        fresh: how many of the epochs were trained for this submission, not found in the store.
    """

    key: str
    logs: tuple[Mapping[str, float], ...]
    fits: tuple[int, ...]
    callbacks: tuple[str, ...]
    asked: int
    stopped: bool
    whole: bool | None = None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int = 0
    seconds: float = 0.0
    device: str = ""
    fresh: int = 0

    @property
    def epochs(self) -> int:
        """How many epochs the model was trained for, all fits together."""
        return len(self.logs)


@dataclass(frozen=True)
class KeptEpoch:
    """One epoch in the store of runs.

    Attributes:
        key: the referee's key of the training up to this epoch.
        number: of the epoch, from 1, all fits together.
        logs: what it logged.
        seconds: that it took when it was trained.
        size: bytes that it takes on the disk.
        when: it was kept.
        users: who used it, and when last.
    """

    key: str
    number: int
    logs: Mapping[str, float]
    seconds: float
    size: int
    when: datetime
    users: Mapping[str, datetime]

    @property
    def last_used(self) -> datetime:
        """When anybody used it last; when it was kept, if nobody did."""
        return max([self.when, *self.users.values()])

    @property
    def accuracy(self) -> float | None:
        """The training accuracy that it logged, or None where it logged none."""
        return logged_accuracy(self.logs)


@dataclass(frozen=True)
class KeptRun:
    """A training in the store of runs, from its first epoch to one after which none is kept.

    Attributes:
        network: its layers in words.
        trainings: each call of ``fit`` in words.
        fits: how many epochs each call of ``fit`` took.
        datasets: names of the data sets that it was trained on.
        device: that the last epoch was trained on, in words.
        environment: what else decided over bits: Keras' version, backend, kind of device.
        epochs: in order; those at the beginning may be shared with other runs.
        train_accuracy: share of the whole training set told right at the end; None: not measured.
        test_accuracy: share of the whole test set, likewise.
        parameters: how many weights the network has; 0: not measured.
    """

    network: str
    trainings: tuple[str, ...]
    fits: tuple[int, ...]
    datasets: tuple[str, ...]
    device: str
    environment: Mapping[str, str]
    epochs: tuple[KeptEpoch, ...]
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int = 0

    @property
    def key(self) -> str:
        """Of its last epoch: the run's own."""
        return self.epochs[-1].key

    @property
    def best_accuracy(self) -> float | None:
        """The highest training accuracy that an epoch logged, or None where none did."""
        found = [one.accuracy for one in self.epochs if one.accuracy is not None]
        return max(found, default=None)

    @property
    def seconds(self) -> float:
        """That all its epochs took when they were trained."""
        return sum(one.seconds for one in self.epochs)

    @property
    def size(self) -> int:
        """Bytes of all its epochs on the disk."""
        return sum(one.size for one in self.epochs)

    @property
    def last_used(self) -> datetime:
        """When anybody used any of its epochs last."""
        return max(one.last_used for one in self.epochs)

    @property
    def users(self) -> tuple[str, ...]:
        """Everybody who used any of its epochs, by name."""
        return tuple(sorted({who for one in self.epochs for who in one.users}))

    def as_run(self) -> Run:
        """The run for a picture; the store does not know whose callbacks there were."""
        return Run(
            key=self.key,
            logs=tuple(one.logs for one in self.epochs),
            fits=self.fits,
            callbacks=(),
            asked=self.fits[-1],
            stopped=False,
            train_accuracy=self.train_accuracy,
            test_accuracy=self.test_accuracy,
            parameters=self.parameters,
            seconds=self.seconds,
            device=self.device,
        )


def logged_accuracy(logs: Mapping[str, float]) -> float | None:
    """The training accuracy among what an epoch logged, under Keras' names; None: none, or NaN."""
    names = ("accuracy", "acc", *(name for name in logs if name.endswith("_accuracy")))
    for name in names:
        if name in logs and not name.startswith("val_"):
            return logs[name] if math.isfinite(logs[name]) else None
    return None


@dataclass(frozen=True)
class Timing:
    """Where the time of a submission went.

    Attributes:
        part: of the work, in words.
        wall: seconds on the clock.
        cpu: seconds of processor time, of all processes that had a share in it.
        student: whether it is the student's own code that took them.
    """

    part: str
    wall: float
    cpu: float
    student: bool = False


@dataclass(frozen=True)
class Graded:
    """What grading made of one submission.

    Attributes:
        student: nbgrader's id of the student.
        assignment: the assignment's name.
        verdicts: one a claim, in notebook order.
        notes: what a person should know: cells that were missing or came twice.
        seconds: wall time of the whole.
        sandbox: where the student's code ran: ``bubblewrap``, or ``none``: unprotected.
        timings: where the time went.
        submission_sha256: of the notebook that was handed in.
        source_sha256: of the source notebook that it was judged by.
        runs: what the referee trained for it, a run a model.
    """

    student: str
    assignment: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]
    seconds: float
    sandbox: str
    timings: tuple[Timing, ...]
    submission_sha256: str
    source_sha256: str
    runs: tuple[Run, ...] = ()

    @property
    def score(self) -> float:
        """Points earned by machine; claims that wait for a person count nothing yet."""
        return sum(verdict.score or 0.0 for verdict in self.verdicts)

    @property
    def max_score(self) -> float:
        """Points that the machine could have given."""
        return sum(verdict.points for verdict in self.verdicts)
