"""What a judging process and the process that started it send, over a pipe between the two."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from grader.examiner.training.referee_costs import Costs
from grader.examiner.training.training_progress import EpochAwaited, EpochTrained
from grader.model import ClaimEvidence, Run, Timing, Verdict


@dataclass(frozen=True)
class CellStarted:
    """A cell is about to run.

    Attributes:
        name: its ``grade_id``, or its id.
    """

    name: str


@dataclass(frozen=True)
class VerdictReached:
    """A claim was judged; verdicts come in notebook order."""

    verdict: Verdict


@dataclass(frozen=True)
class ClaimBegun:
    """A test cell is about to run; ``ClaimExamined`` follows, unless the process is lost.

    Attributes:
        claim: its name.
        seconds: on the submission's clock, after which the process ends it by itself, if it can.
    """

    claim: str
    seconds: float


@dataclass(frozen=True)
class ClaimExamined:
    """A test cell has ended; the verdict follows.

    Attributes:
        evidence: what the verdict will rest on.
    """

    evidence: ClaimEvidence


@dataclass(frozen=True)
class TrainingAwaited:
    """The judging process waits for the referee: its time stands still, and it needs no core."""


@dataclass(frozen=True)
class CostsCounted:
    """What the submission's trainings have cost so far, in earlier processes, too."""

    costs: Costs


@dataclass(frozen=True)
class RefereeFound:
    """How the judging process found the referee when it asked last.

    Attributes:
        lost: whether it was given up.
    """

    lost: bool


@dataclass(frozen=True)
class TrainingDone:
    """The judging process waits no longer for the referee, but for ``GoOn``."""


@dataclass(frozen=True)
class GoOn:
    """The answer to ``TrainingDone``, once a core is free: the only message the other way."""


@dataclass(frozen=True)
class RunsCarriedOut:
    """The referee trained these runs for the submission."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class TimingMeasured:
    """Where some of the judging process' time went."""

    timing: Timing


@dataclass(frozen=True)
class NotebookDone:
    """The last message: the notebook with sanitised outputs."""

    notebook: NotebookNode


@dataclass(frozen=True)
class NothingJudged:
    """Nothing could be judged; a person must act, or the machine lacks something.

    Attributes:
        error: says what to do, or what was refused.
    """

    error: Exception


@dataclass(frozen=True)
class JudgeFailed:
    """The judge raised an unexpected error, and ends.

    Attributes:
        trace: the traceback.
    """

    trace: str


Message = (
    CellStarted
    | VerdictReached
    | ClaimBegun
    | ClaimExamined
    | TrainingAwaited
    | EpochAwaited
    | EpochTrained
    | CostsCounted
    | RefereeFound
    | TrainingDone
    | RunsCarriedOut
    | TimingMeasured
    | NotebookDone
    | NothingJudged
    | JudgeFailed
)
