"""The words of the course as frozen dataclasses, which travel between the rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    """

    name: str
    points: float
    statement: str
    hint: str
    needs: tuple[str, ...]


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
        whole: whether every fit trained on the whole training set; None: not known.
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

    @property
    def score(self) -> float:
        """Points earned by machine; claims that wait for a person count nothing yet."""
        return sum(verdict.score or 0.0 for verdict in self.verdicts)

    @property
    def max_score(self) -> float:
        """Points that the machine could have given."""
        return sum(verdict.points for verdict in self.verdicts)
