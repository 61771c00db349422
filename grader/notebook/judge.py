"""Runs a rebuilt notebook in a student kernel and gives every claim its verdict."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import ClaimFailed, RefereeError
from grader.examiner.examiner import examine
from grader.examiner.mirrors import Mirrors
from grader.examiner.trainings import Trainings
from grader.model import Budget, Claim, Run, Verdict
from grader.notebook import kernels
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.clock import Clock
from grader.notebook.kernel import StudentKernel
from grader.notebook.outcomes import Circumstances, answered, faulty, unanswered
from grader.notebook.plain import plain
from grader.notebook.rebuild import Rebuilt
from grader.notebook.referees import Digests
from grader.notebook.runs import CellRun, End, Ended
from grader.notebook.serving import Serving
from grader.notebook.stopwatch import Stopwatch
from grader.referee.recipe import Referee
from grader.sandbox.policy import CONVOLVING_PACKAGES
from grader.settings import Settings

# A kernel that dies is started again and the cells before are run once more; not for ever.
_RESTARTS = 3

_OWN_SECONDS = 60  # for what the examiner computes itself, beyond its questions' time
_MESSAGE = 2000  # characters of a verdict's message

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Examination:
    """One submission, and what it is judged with.

    Attributes:
        assignment: what the notebook was rebuilt from.
        rebuilt: a student's answers in the course's notebook.
        folder: the public files that lie beside the notebook.
        settings: the course: its data, its limits, and its sandbox.
        student: nbgrader's id of the student, for the referee's books.
        referee: carries out trainings; None where networks are not judged: then ``fit`` is refused.
        waiting: entered while the referee makes the submission wait.
    """

    assignment: Assignment
    rebuilt: Rebuilt
    folder: Path
    settings: Settings
    student: str = ""
    referee: Referee | None = None
    waiting: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext


def judge(
    examination: Examination, stopwatch: Stopwatch, progress: Progress = lambda _: None
) -> Generator[Verdict, None, tuple[Run, ...]]:
    """Run the student's cells, and let the examiner judge the claims.

    The notebook is changed in place: cells get their outputs.

    Args:
        examination: the submission, and what it is judged with.
        stopwatch: is told where the time goes.
        progress: told the name of each cell before it runs.

    Yields:
        One verdict a claim, in notebook order.

    Returns:
        What the referee trained for the submission.

    Raises:
        SandboxError: this machine cannot give a sandbox.
    """
    with ExitStack() as resources:
        judgement = _Judgement(examination, resources, stopwatch)
        yield from judgement.all(progress)
        judgement.read_clock()
        return judgement.runs


class _Judgement:
    """One submission on its way through the cells."""

    def __init__(
        self, examination: Examination, resources: ExitStack, stopwatch: Stopwatch
    ) -> None:
        self._examination = examination
        self._assignment, self._rebuilt = examination.assignment, examination.rebuilt
        self._limits = examination.settings.limits(self._assignment.name)
        self._clock = Clock()
        self._deadline = self._clock.now() + self._limits.submission_seconds
        self._cells = self._rebuilt.notebook.cells
        self._runs: dict[str, CellRun] = {}
        self._killers: list[int] = []
        self._given = 0  # verdicts
        self._resources, self._stopwatch = resources, stopwatch
        self._alone: StudentKernel | None = None
        self._alone_ended: list[str] = []
        self._trainings = Trainings(
            examination.referee,
            examination.student,
            examination.settings.budget(self._assignment.name),
            Digests(examination.settings.data),
        )
        self._serving = Serving(self._trainings.answer, self._clock, self._waiting)
        self._trainings.waiting = self._serving.paused
        with stopwatch.measure("starting the kernel"):
            self._kernel = resources.enter_context(self._started())
        self._started_after = self._mirrors().clock()
        stopwatch.add("starting the kernel", 0.0, self._started_after)

    @property
    def runs(self) -> tuple[Run, ...]:
        """What the referee trained."""
        return self._trainings.runs

    def all(self, progress: Progress) -> Iterator[Verdict]:
        """Every verdict, in notebook order.

        Claims that are judged after training wait for the student's last cell, and with them what
        comes after in the notebook.
        """
        claims = {claim.name: claim for claim in self._assignment.claims}
        judged: dict[str, Verdict] = {}
        waiting = []
        for index, cell in enumerate(self._cells):
            name = grade_id(cell)
            if cell.cell_type != "code":
                continue
            if name in claims and claims[name].after_training:
                waiting.append((claims[name], index))
                continue
            progress(name or cell.id)
            if name in claims:
                judged[name] = self._examined(claims[name], index)
            else:
                with self._stopwatch.measure("following the student's cells"):
                    self._runs[name or cell.id] = self._run(index)
            yield from self._next(judged)
        for claim, index in waiting:
            progress(claim.name)
            judged[claim.name] = self._examined(claim, index)
            yield from self._next(judged)

    def _examined(self, claim: Claim, index: int) -> Verdict:
        with self._stopwatch.measure("examining"):
            return self._verdict(claim, index)

    def _next(self, judged: dict[str, Verdict]) -> Iterator[Verdict]:
        """The verdicts that are next in notebook order, as far as they are there."""
        while self._given < len(self._assignment.claims):
            name = self._assignment.claims[self._given].name
            if name not in judged:
                return
            self._given += 1
            yield judged[name]

    def read_clock(self) -> None:
        """Tell the stopwatch what the student's own code has used, as its kernel says."""
        with contextlib.suppress(Ended):
            used = self._mirrors().clock() - self._started_after
            self._stopwatch.add("the student's code", 0.0, max(0.0, used), student=True)

    @property
    def _seconds(self) -> float:
        """What the next cell may take: kernels that are started anew get no new time."""
        return min(self._limits.cell_seconds, self._deadline - self._clock.now())

    @property
    def _hopeless(self) -> CellRun | None:
        """Why nothing more is run for this submission, if so."""
        if len(self._killers) > _RESTARTS:
            return CellRun(End.DIED, message="too many times before", alive=False)
        if self._seconds <= 0:
            return CellRun(End.LIMIT, message="time limit of the submission")
        return None

    def _run(self, index: int) -> CellRun:
        """Run a cell of the student's; if it ends the kernel, bring a new one to where it was."""
        if (over := self._hopeless) is not None:
            return over
        run = self._followed(index)
        self._survive(run, index)
        return run

    def _followed(self, index: int) -> CellRun:
        """Run a cell; where the referee failed it, that is the grader's fault."""
        run = self._kernel.run(index, self._seconds)
        if (fault := self._trainings.take_fault()) and run.alive:
            return dataclasses.replace(run, end=End.FAULT, message=fault)
        return run

    def _survive(self, run: CellRun, index: int) -> None:
        if run.alive or len(self._killers) > _RESTARTS:
            return
        self._killers.append(index)
        if len(self._killers) <= _RESTARTS:
            self._trainings.forget()
            self._kernel.start()
            for earlier in self._student_cells(index):
                run = self._followed(earlier)
                if run.end is End.FAULT:
                    cell = self._cells[earlier]
                    self._runs[grade_id(cell) or cell.id] = run

    def _student_cells(self, before: int, given: bool = True) -> list[int]:
        """The code cells ahead of one that are no tests and killed no kernel."""
        return [
            index
            for index, cell in enumerate(self._cells[:before])
            if cell.cell_type == "code"
            and index not in self._killers
            and not cell.metadata.get("nbgrader", {}).get("grade")
            and (given or cell.id not in self._assignment.given_ids)
        ]

    def _verdict(self, claim: Claim, index: int) -> Verdict:
        begin = time.monotonic()
        around = Circumstances(self._rebuilt, self._runs)
        if (over := self._hopeless) is not None:
            outcome, message = unanswered(claim, over, around)
        else:
            try:
                seconds = self._seconds + _OWN_SECONDS
                with self._clock.alarm(seconds, lambda: _give_up(seconds)):
                    finding = examine(self._cells[index].source, self._mirrors(index))
                outcome, message = answered(claim, finding, around)
                if (fault := self._trainings.take_fault()) and finding.error:
                    outcome, message = faulty(fault)
            except RefereeError as error:
                outcome, message = faulty(str(error))
            except Ended as ended:
                outcome, message = unanswered(claim, ended.run, around)
                self._survive(ended.run, index)
        seconds = time.monotonic() - begin
        # Messages quote what students' code raised, and are shown on terminals and pages.
        return Verdict(claim.name, outcome, claim.points, plain(message)[:_MESSAGE], seconds)

    def _mirrors(self, index: int = 0) -> Mirrors:
        deadline = self._clock.now() + self._seconds

        def ask(question: dict[str, Any], buffers: Any) -> Any:
            return self._kernel.ask(question, buffers, deadline - self._clock.now())

        return Mirrors(
            ask,
            lambda name, arguments: self._withheld(index, name, arguments),
            self._trainings,
        )

    def _withheld(self, index: int, name: str, arguments: tuple[Any, ...]) -> Any:
        """Call a student's function in a fresh sandbox where numpy alone can convolve."""
        if self._alone is None:
            self._alone = self._resources.enter_context(self._started(CONVOLVING_PACKAGES))
            self._alone.execute("import numpy as np")
            runs = [self._alone.run(i, self._seconds) for i in self._student_cells(index, False)]
            self._alone_ended = [run.description for run in runs if run.end is not End.DONE]
        deadline = self._clock.now() + self._seconds
        alone = self._alone
        mirrors = Mirrors(
            lambda question, buffers: alone.ask(question, buffers, deadline - self._clock.now()),
            lambda *_: None,
        )
        function = mirrors.look([name]).get(name)
        if function is None:
            raise ClaimFailed(
                f"Where numpy is the only library, {name} is not even defined: a cell "
                f"{'; '.join(self._alone_ended) or 'is missing'}. Do the work without that library."
            )
        try:
            return mirrors.run("grader.checks.withheld", "call_withheld", function, *arguments)
        except Ended as ended:
            self._alone = None
            raise ClaimFailed(
                f"Where numpy is the only library, {name} {ended.run.description}."
            ) from ended
        except (NameError, ImportError, AttributeError) as error:  # the library is missed
            raise ClaimFailed(
                f"Where numpy is the only library, {name} ends with {type(error).__name__}: "
                f"{error}. Do the work without another library."
            ) from error

    def _started(self, withheld: tuple[str, ...] = ()) -> AbstractContextManager[StudentKernel]:
        notebook = self._rebuilt.notebook
        return kernels.started(
            # What cells put out in the second sandbox is nobody's to read: it must not replace
            # what they put out in the first.
            copy.deepcopy(notebook) if withheld else notebook,
            self._examination.folder,
            self._examination.settings,
            self._assignment.name,
            withheld,
            # Networks are trained in the first alone; where numpy is the only library are none.
            serving=Serving(Trainings(None, "", Budget(), {}).answer, self._clock)
            if withheld
            else self._serving,
        )

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[None]:
        """The referee works: the sandboxes' own clocks stand still."""
        with ExitStack() as paused:
            paused.enter_context(self._stopwatch.measure("waiting for the referee"))
            paused.enter_context(self._examination.waiting())
            for kernel in (self._kernel, self._alone):
                if kernel is not None:
                    paused.enter_context(kernel.paused())
            yield


def _give_up(seconds: float) -> None:
    """End a test that takes too long by itself; its questions have a deadline of their own."""
    raise Ended(CellRun(End.LIMIT, seconds, message=f"time limit, {seconds:.0f} s"))
