"""A graded submission: verdicts, trainings, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from grader.model.runs import Run
from grader.model.verdicts import Verdict


class WorkPart(StrEnum):
    """The parts of grading one submission whose time is measured; verdict files hold the values."""

    KERNEL_START = "starting the kernel"
    COLD_KERNEL_START = "starting the kernel cold"
    STUDENT_CELLS = "following the student's cells"
    STUDENT_CODE = "the student's code"
    REFEREE_WAIT = "waiting for the referee"
    EXAMINING = "examining"
    OUTPUT_CLEANING = "cleaning outputs"
    SANDBOX = "keeping the sandbox"
    NBGRADER = "nbgrader, its files and gradebook"


@dataclass(frozen=True)
class Timing:
    """How long one part of grading a submission took.

    Attributes:
        part: the part of the work.
        wall: seconds of wall time.
        cpu: seconds of processor time, of all processes that took part.
        student: whether the student's own code took them.
    """

    part: WorkPart
    wall: float
    cpu: float
    student: bool = False


@dataclass(frozen=True)
class Graded:
    """The result of grading one submission.

    Attributes:
        student: nbgrader's id of the student.
        assignment: the assignment's name.
        verdicts: one for each claim, in notebook order.
        notes: remarks for the instructor, such as cells that were missing or came twice.
        seconds: wall time of the whole grading.
        sandbox: where the student's code ran: ``bubblewrap``, or ``none`` for no protection.
        timings: where the time went.
        submission_sha256: digest of the submitted notebook.
        source_sha256: digest of the source notebook that it was judged by.
        runs: the referee's trainings for it, one run for each model.
        grounds: digests of all that the verdicts rest on; see ``notebook.submission.grounds``.
            Empty in a verdict file of an earlier version.
        seed: of all random draws of the tests, in hexadecimal; the record of the same seed says
            what the verdicts rest on (``evidence_file``). Empty where there is no record.
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
    grounds: Mapping[str, str] = field(default_factory=dict)
    seed: str = ""

    @property
    def score(self) -> float:
        """Points earned; a claim that waits for a person counts 0 until then."""
        return sum(verdict.score or 0.0 for verdict in self.verdicts)

    @property
    def own_seconds(self) -> float:
        """What judging took, without what it waited for trainings."""
        waited = sum(t.wall for t in self.timings if t.part is WorkPart.REFEREE_WAIT)
        return max(0.0, self.seconds - waited)

    @property
    def max_score(self) -> float:
        """The most points that verdicts can give."""
        return sum(verdict.points for verdict in self.verdicts)
