"""Runs a student's cells in order, and restarts the kernel where a cell or a claim ended it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from grader.examiner.training.trainings import Trainings
from grader.language import gettext
from grader.notebook.assignment import part_of
from grader.notebook.judging import undefined_names
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.kernel_questions import KernelQuestions
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.strikes import OTHERS, Strike, Strikes
from grader.notebook.judging.time_limits import TimeLimits

_FAULTS = 3  # kernels that the grader itself may lose; then no other is started
_MUTE = "after it the kernel gave no answer"
_STRIKES = (CellStatus.LIMIT, CellStatus.DIED)


class StudentCells:
    """The cells of one submission, and the kernel in which they run.

    Args:
        examination: the submission.
        kernel: started, with nothing run in it.
        trainings: those of this kernel.
        limits: on the time of each cell.

    Attributes:
        runs: how each cell went so far, by ``grade_id``, or by id where a cell has none.
        strikes: against solution cells.
        questions: to the kernel.
    """

    def __init__(
        self,
        examination: Examination,
        kernel: StudentKernel,
        trainings: Trainings,
        limits: TimeLimits,
    ) -> None:
        self._given_ids = examination.assignment.given_ids
        self._rests_on = examination.assignment.rests_on
        self._rebuilt = examination.rebuilt
        self._cells = self._rebuilt.notebook.cells
        self._kernel, self._trainings, self._limits = kernel, trainings, limits
        self._reached = 0  # cells ahead of this one have run
        self._skipped: set[int] = set()  # they stalled, ended a kernel, or were not run at all
        self._faults = 0
        self._first_play: int | None = None  # see begin_play
        self.runs: dict[str, CellRun] = {}
        self._by_index: dict[int, CellRun] = {}
        self.strikes = Strikes()
        self.questions = KernelQuestions(
            kernel, trainings, limits, self._cells, examination.assignment.wanted
        )

    @property
    def abort_reason(self) -> CellRun | None:
        """Why nothing more is run for this submission; None if something is."""
        if self._faults > _FAULTS:
            return CellRun(CellStatus.FAULT, message=gettext("it lost one kernel after the other"))
        if self._limits.left <= 0:
            return CellRun(CellStatus.LIMIT, message=gettext("time limit of the submission"))
        return None

    @property
    def own_sources(self) -> list[str]:
        """The text of each cell of code that the course did not write."""
        cells = (cell for cell in self._cells if cell.cell_type == "code")
        return [cell.source for cell in cells if cell.id not in self._given_ids]

    def run(self, index: int) -> None:
        """Run a cell; if it ends the kernel, bring a new kernel to the same point."""
        self._reached = max(self._reached, index + 1)
        needs = self._needs(index)
        share = needs[-1] if needs else OTHERS
        if (run := self._reason_to_skip(index, share)) is not None:
            self._skipped.add(index)
            self._record(index, run)
            return
        with self._limits.charged(share):
            run = self._run(index, self._limits.seconds(share))
            self._record(index, run)
            self._settle_cell(index, run)
            if not run.alive:
                self._restart_kernel()

    def begin_play(self, first: int, anew: bool) -> None:
        """Make up the trainings of the cells from ``first`` on: no claim rests on them.

        Where one of them ends the kernel, the cells ahead get what was trained for them, once more.

        Args:
            first: index of the first of them.
            anew: whether they run in a new kernel, which has heard no question.
        """
        self._first_play = first
        if anew:
            self._restart_kernel()

    def keep_names(self, index: int) -> None:
        """Keep what the names of a test cell are now: it is judged later, as if it were now.

        A cell of the student's below may use a name again, and the claim means the first one.
        """
        self._reached = max(self._reached, index + 1)
        self.questions.kept_at.add(index)
        self._keep(index)

    def settle_claim(self, name: str, needs: Sequence[str], run: CellRun) -> tuple[str, ...]:
        """Draw the consequences of a claim whose question got no answer.

        Args:
            name: of the claim.
            needs: the solution cells that it rests on.
            run: how the kernel or its time ended.

        Returns:
            The cells that are suspected.
        """
        suspects: tuple[str, ...] = ()
        if run.status in _STRIKES:
            suspects = self.strikes.blame(needs, Strike(name, run))
        # A kernel that took too long may answer nothing more, though an interrupt ended the cell.
        if not run.alive or run.status in _STRIKES:
            self._faults += run.status is CellStatus.FAULT
            self._restart_kernel()
        return suspects

    def indices_before(self, index: int, given: bool = True) -> list[int]:
        """The code cells ahead of one that are no tests and neither stalled nor ended a kernel.

        Args:
            index: of the cell.
            given: whether cells that the course wrote are among them.
        """
        return [
            place
            for place, cell in enumerate(self._cells[:index])
            if self._rebuilt.runs(cell)
            and place not in self._skipped
            and not cell.metadata.get("nbgrader", {}).get("grade")
            and (given or cell.id not in self._given_ids)
        ]

    def _keep(self, index: int) -> None:
        """Keep a test cell's names in the kernel that runs now."""
        if self.abort_reason is None:
            self.questions.keep(index)

    def _needs(self, index: int) -> tuple[str, ...]:
        """The solution cells that a cell rests on, itself included; none for extra cells."""
        cell = self._cells[index]
        answer = part_of(cell)
        return self._rests_on.get(cell.id, (answer,) if answer else ())

    def _reason_to_skip(self, index: int, share: str) -> CellRun | None:
        """Why a cell is not run; None if it is. Solution cells are run while there is time."""
        cell = self._cells[index]
        if (reason := self.abort_reason) is not None:
            return reason
        if self._limits.seconds(share) <= 0:
            return CellRun(CellStatus.LIMIT, message=gettext("share of the submission's time"))
        needs = self._needs(index) if cell.id in self._given_ids else (OTHERS,)
        refusal = None if part_of(cell) else self.strikes.refusal_of_any(needs)
        return refusal.strikes[-1].run if refusal is not None else None

    def _settle_cell(self, index: int, run: CellRun) -> None:
        """Count a strike where a cell stalled or ended the kernel, and do not run it again."""
        cell = self._cells[index]
        needs = (part_of(cell),) if part_of(cell) else self._needs(index)
        if run.status in _STRIKES:
            self.strikes.blame(needs, Strike(self._name(index), run))
            self._skipped.add(index)
        elif not run.alive:
            self._faults += 1
            self._skipped.add(index)
        elif run.status is CellStatus.DONE and cell.id in self._given_ids:
            self.strikes.answered(needs)

    def _restart_kernel(self) -> None:
        """Start a new kernel, and run in it again what has run before."""
        while self.abort_reason is None:
            self._trainings.forget()
            self._kernel.start()
            if self._run_again():
                return

    def _run_again(self) -> bool:
        """Run the cells that have run before; whether the kernel is alive afterwards."""
        for index in sorted({*self.indices_before(self._reached), *self.questions.kept_at}):
            if index in self.questions.kept_at:
                self._keep(index)
                continue
            run = self._run(index, self._limits.again_seconds)
            if run.status is CellStatus.FAULT or run.status in _STRIKES:
                self._record(index, run)
            self._settle_cell(index, run)
            if not run.alive:
                return False
            if self._is_struck(index) and not self.questions.is_answered():
                self._skipped.add(index)
                self._record(index, CellRun(CellStatus.LIMIT, run.seconds, message=_MUTE))
                return False
        return True

    def _is_struck(self, index: int) -> bool:
        """Whether a cell is suspected of what happened before: it may silence the kernel."""
        return bool(self.strikes.of(part_of(self._cells[index])))

    def _run(self, index: int, seconds: float) -> CellRun:
        """Run a cell; where the referee failed, that is the grader's fault."""
        self._trainings.make_up(self._first_play is not None and index >= self._first_play)
        run = self._kernel.run(index, seconds)
        self._trainings.make_up(False)
        if (fault := self._trainings.take_fault()) and run.alive:
            return dataclasses.replace(run, status=CellStatus.FAULT, message=fault)
        return run

    def _record(self, index: int, run: CellRun) -> None:
        """Remember how a cell went; of the parts of one answer, how the first went that failed."""
        name = self._name(index)
        run = undefined_names.explained(run, self._cells, self._by_index, index)
        self._by_index[index] = run
        parts = [self._by_index[i] for i in sorted(self._by_index) if self._name(i) == name]
        self.runs[name] = next((p for p in parts if p.status is not CellStatus.DONE), run)

    def _name(self, index: int) -> str:
        """The solution cell that a cell belongs to, or its own id."""
        cell = self._cells[index]
        return part_of(cell) or str(cell.id)
