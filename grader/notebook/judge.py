"""Runs a rebuilt notebook in a student kernel and gives every claim its verdict."""

from __future__ import annotations

import contextlib
import copy
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.examiner import examine
from grader.examiner.mirrors import Mirrors
from grader.model import Claim, Verdict
from grader.notebook import kernels
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.kernel import StudentKernel
from grader.notebook.outcomes import Circumstances, answered, unanswered
from grader.notebook.plain import plain
from grader.notebook.rebuild import Rebuilt
from grader.notebook.runs import CellRun, End, Ended
from grader.notebook.stopwatch import Stopwatch
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
    """

    assignment: Assignment
    rebuilt: Rebuilt
    folder: Path
    settings: Settings


def judge(
    examination: Examination, stopwatch: Stopwatch, progress: Progress = lambda _: None
) -> Iterator[Verdict]:
    """Run the student's cells, and let the examiner judge the claims.

    The notebook is changed in place: cells get their outputs.

    Args:
        examination: the submission, and what it is judged with.
        stopwatch: is told where the time goes.
        progress: told the name of each cell before it runs.

    Yields:
        One verdict a claim, in notebook order.

    Raises:
        SandboxError: this machine cannot give a sandbox.
    """
    with ExitStack() as resources:
        judgement = _Judgement(examination, resources, stopwatch)
        yield from judgement.all(progress)
        judgement.read_clock()


class _Judgement:
    """One submission on its way through the cells."""

    def __init__(
        self, examination: Examination, resources: ExitStack, stopwatch: Stopwatch
    ) -> None:
        self._examination = examination
        self._assignment, self._rebuilt = examination.assignment, examination.rebuilt
        self._limits = examination.settings.limits(self._assignment.name)
        self._deadline = time.monotonic() + self._limits.submission_seconds
        self._cells = self._rebuilt.notebook.cells
        self._runs: dict[str, CellRun] = {}
        self._killers: list[int] = []
        self._resources, self._stopwatch = resources, stopwatch
        with stopwatch.measure("starting the kernel"):
            self._kernel = resources.enter_context(self._started())
        self._started_after = self._mirrors().clock()
        stopwatch.add("starting the kernel", 0.0, self._started_after)
        self._alone: StudentKernel | None = None
        self._alone_ended: list[str] = []

    def all(self, progress: Progress) -> Iterator[Verdict]:
        """Every verdict, in notebook order."""
        claims = {claim.name: claim for claim in self._assignment.claims}
        for index, cell in enumerate(self._cells):
            if cell.cell_type == "code":
                name = grade_id(cell)
                progress(name or cell.id)
                if name in claims:
                    with self._stopwatch.measure("examining"):
                        verdict = self._verdict(claims[name], index)
                    yield verdict
                else:
                    with self._stopwatch.measure("following the student's cells"):
                        self._runs[name or cell.id] = self._run(index)

    def read_clock(self) -> None:
        """Tell the stopwatch what the student's own code has used, as its kernel says."""
        with contextlib.suppress(Ended):
            used = self._mirrors().clock() - self._started_after
            self._stopwatch.add("the student's code", 0.0, max(0.0, used), student=True)

    @property
    def _seconds(self) -> float:
        """What the next cell may take: kernels that are started anew get no new time."""
        return min(self._limits.cell_seconds, self._deadline - time.monotonic())

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
        run = self._kernel.run(index, self._seconds)
        self._survive(run, index)
        return run

    def _survive(self, run: CellRun, index: int) -> None:
        if run.alive or len(self._killers) > _RESTARTS:
            return
        self._killers.append(index)
        if len(self._killers) <= _RESTARTS:
            self._kernel.start()
            for earlier in self._student_cells(index):
                self._kernel.run(earlier, self._seconds)

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
                with _patience(self._seconds + _OWN_SECONDS):
                    finding = examine(self._cells[index].source, self._mirrors(index))
                outcome, message = answered(claim, finding, around)
            except Ended as ended:
                outcome, message = unanswered(claim, ended.run, around)
                self._survive(ended.run, index)
        seconds = time.monotonic() - begin
        # Messages quote what students' code raised, and are shown on terminals and pages.
        return Verdict(claim.name, outcome, claim.points, plain(message)[:_MESSAGE], seconds)

    def _mirrors(self, index: int = 0) -> Mirrors:
        deadline = time.monotonic() + self._seconds

        def ask(question: dict[str, Any], buffers: Any) -> Any:
            return self._kernel.ask(question, buffers, deadline - time.monotonic())

        return Mirrors(ask, lambda name, arguments: self._withheld(index, name, arguments))

    def _withheld(self, index: int, name: str, arguments: tuple[Any, ...]) -> Any:
        """Call a student's function in a fresh sandbox where numpy alone can convolve."""
        if self._alone is None:
            self._alone = self._resources.enter_context(self._started(CONVOLVING_PACKAGES))
            self._alone.execute("import numpy as np")
            runs = [self._alone.run(i, self._seconds) for i in self._student_cells(index, False)]
            self._alone_ended = [run.description for run in runs if run.end is not End.DONE]
        deadline = time.monotonic() + self._seconds
        alone = self._alone
        mirrors = Mirrors(
            lambda question, buffers: alone.ask(question, buffers, deadline - time.monotonic()),
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
        )


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """End a test that takes longer by itself; its questions have a deadline of their own."""

    def give_up(*_: object) -> None:
        raise Ended(CellRun(End.LIMIT, seconds, message=f"time limit, {seconds:.0f} s"))

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
