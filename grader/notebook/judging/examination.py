"""One submission, and what it is judged with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.examiner.evidence import draws
from grader.examiner.training.referee_costs import Costs
from grader.model import Verdict
from grader.notebook.assignment import Assignment
from grader.notebook.judging.cell_runs import CellRun
from grader.notebook.judging.kernel_setup import KernelSetup
from grader.notebook.submission.rebuild import Rebuilt
from grader.referee.spec.contract import Referee
from grader.sandbox.policy import CONVOLVING_PACKAGES
from grader.settings import Settings


@dataclass(frozen=True)
class Examination:
    """One submission, and what it is judged with.

    Attributes:
        assignment: what the notebook was rebuilt from.
        rebuilt: a student's answers in the course's notebook.
        folder: the public files that lie beside the notebook.
        settings: the course: its data, its limits, and its sandbox.
        student: nbgrader's id of the student, for the store of runs.
        referee: carries out trainings; None where networks are not judged: then ``fit`` is refused.
        warm: socket of a warm parent that gives kernels; empty: they start cold.
        warm_numpy_only: the same for kernels in which numpy is the only library.
        seed: of all random draws of the test cells; no student may know it.
        judged: verdicts of earlier processes, which judged this until one was lost; see
            ``judge_process``. Claims on networks are examined again.
        lost: the claims in whose test cells those were lost, and how each of these ended.
        spent: what they took of the submission's time, in seconds.
        costs: what they had the referee do.
        referee_lost: whether the process that asked the referee last has given it up.
    """

    assignment: Assignment
    rebuilt: Rebuilt
    folder: Path
    settings: Settings
    student: str = ""
    referee: Referee | None = None
    warm: str = ""
    warm_numpy_only: str = ""
    seed: int = field(default_factory=draws.new_seed)
    judged: tuple[Verdict, ...] = ()
    lost: Mapping[str, CellRun] = field(default_factory=dict)
    spent: float = 0.0
    costs: Costs = field(default_factory=Costs)
    referee_lost: bool = False

    @property
    def kernel_setup(self) -> KernelSetup:
        """What the kernel of the student's cells is started with."""
        return KernelSetup(self.settings, self.assignment.name, self.folder, warm=self.warm)

    @property
    def numpy_only_setup(self) -> KernelSetup:
        """What a kernel in which numpy is the only library is started with."""
        return replace(self.kernel_setup, blocked=CONVOLVING_PACKAGES, warm=self.warm_numpy_only)

    @property
    def kernel_seed(self) -> int:
        """Of ``random`` and of numpy's older functions in the student's kernels."""
        return draws.derived(self.seed, "kernel") % 2**32
