"""Goes through a rebuilt notebook: runs the student's cells, and has the claims judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.model import Claim, Outcome, Verdict, WorkPart
from grader.notebook.assignment import grade_id
from grader.notebook.judging.claim_judge import ClaimJudge
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import CellStarted, Message
from grader.notebook.judging.play_cells import is_given, play_cells
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.judging.student_cells import StudentCells

Tell = Callable[[Message], None]


def silent(message: Message) -> None:
    """Do nothing."""


class NotebookJudge:
    """Runs the cells of one submission, and judges its claims.

    Args:
        examination: the submission, and what it is judged with.
        cells: runs the student's cells.
        claims: judges the claims.
        stopwatch: is told where the time goes.
        tell: told each cell that begins.
    """

    def __init__(
        self,
        examination: Examination,
        cells: StudentCells,
        claims: ClaimJudge,
        stopwatch: Stopwatch,
        tell: Tell = silent,
    ) -> None:
        self._examination, self._rebuilt = examination, examination.rebuilt
        self._notebook = examination.rebuilt.notebook
        self._cells, self._claims = cells, claims
        self._stopwatch, self._tell = stopwatch, tell
        self._play = play_cells(examination)
        self._plays_early = is_given(examination, self._play)

    def verdicts(self) -> Iterator[Verdict]:
        """The verdicts in the order of the claims, each as soon as those before it are there."""
        judged: dict[str, Verdict] = {}
        names = [claim.name for claim in self._examination.assignment.claims]
        for verdict in self._as_they_come():
            judged[verdict.claim] = verdict
            while names and names[0] in judged:
                yield judged[names.pop(0)]

    def play_after_verdicts(self) -> None:
        """Run what is below the last claim, unless it ran before; called after all verdicts."""
        if not self._plays_early:
            self._run_play(anew=bool(self._examination.assignment.hidden))

    def _as_they_come(self) -> Iterator[Verdict]:
        """Run the cells up to the last claim, and judge each claim in its place.

        Claims that are judged after training, and those with hidden tests, wait for the last cell,
        with the names of their place: what a student's code heard of a hidden test, no later cell
        can say.
        """
        judged = set()
        for verdict in self._earlier():
            judged.add(verdict.claim)
            yield verdict
        waiting: list[tuple[Claim, int]] = []
        for index, claim in self._places():
            if claim is None:
                self._run(index)
            elif claim.name in judged:
                continue
            elif self._waits(claim):
                self._cells.keep_names(index)
                waiting.append((claim, index))
            else:
                yield self._verdict(claim, index)
        if self._plays_early:
            self._run_play()
        for claim, index in waiting:
            yield self._verdict(claim, index)

    def _earlier(self) -> Iterator[Verdict]:
        """The verdicts of a judge that was lost; what answered there has answered here, too.

        None for networks: a claim on a training asks what networks the claims ahead of it have
        seen, in this process.
        """
        assignment = self._examination.assignment
        if assignment.uses_networks:
            return
        needs = {claim.name: claim.needs for claim in assignment.claims}
        for verdict in self._examination.judged:
            if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
                self._cells.strikes.answered(needs[verdict.claim])
            yield verdict

    def _places(self) -> Iterator[tuple[int, Claim | None]]:
        """The cells up to the last claim that run, each with the claim that it tests, if any."""
        claims = {claim.name: claim for claim in self._examination.assignment.claims}
        for index, cell in enumerate(self._notebook.cells[: self._play.start]):
            if self._rebuilt.runs(cell):
                yield index, claims.get(grade_id(cell))

    def _waits(self, claim: Claim) -> bool:
        return claim.after_training or claim.name in self._examination.assignment.hidden

    def _run_play(self, anew: bool = False) -> None:
        """Run the cells below the last claim for their outputs; nothing is trained there."""
        self._cells.begin_play(self._play.start, anew)
        for index in self._play:
            if self._rebuilt.runs(self._notebook.cells[index]):
                self._run(index)

    def _run(self, index: int) -> None:
        cell = self._notebook.cells[index]
        self._tell(CellStarted(grade_id(cell) or cell.id))
        with self._stopwatch.measure(WorkPart.STUDENT_CELLS):
            self._cells.run(index)

    def _verdict(self, claim: Claim, index: int) -> Verdict:
        self._tell(CellStarted(claim.name))
        with self._stopwatch.measure(WorkPart.EXAMINING):
            return self._claims.verdict(claim, index)
