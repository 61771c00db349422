"""A second sandbox, where numpy is the only library: for claims that ask for work from scratch."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.evidence.interview import NUMPY_ONLY, Asked
from grader.examiner.proxies import Proxies
from grader.examiner.training.trainings import Trainings
from grader.language import N_, gettext
from grader.model import Budget
from grader.notebook.assignment import is_claim
from grader.notebook.judging import start_kernel
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended, sentence
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.fit_requests import FitRequests
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.strikes import MOST_STRIKES
from grader.notebook.judging.time_limits import TimeLimits
from grader.notebook.submission.cell_text import definitions

_PREPARE = (
    "__import__('importlib').import_module('grader.sandbox.guest.numpy_only.numpy_alone').install()"
)
_DO_WITHOUT = N_(
    "Write the calculation with loops, or with numpy's sums and slices, in the function."
)


class NumpyOnlyKernel:
    """Calls a student's functions where no other library than numpy can be imported.

    The sandbox is started with the first call, and again after a call or a cell that ended it.

    Args:
        examination: the submission.
        limits: on the time of each call, that of the cells before it included.
        resources: ends the sandbox.
        heard: told each question with its answer.
    """

    def __init__(
        self,
        examination: Examination,
        limits: TimeLimits,
        resources: ExitStack,
        heard: Callable[[Asked, str], None] = lambda *_: None,
    ) -> None:
        self._heard = heard
        self._examination, self._limits = examination, limits
        self._open = resources.enter_context(ExitStack())
        self._kernel: StudentKernel | None = None
        self._done: set[int] = set()  # cells that have run in it
        self._failures: dict[int, CellRun] = {}  # of the student's cells here
        self._starts = 0
        self._most_starts = MOST_STRIKES * (1 + len(examination.assignment.solution_ids))

    def call(self, name: str, arguments: Sequence[Any], cells: Sequence[int], share: str) -> Any:
        """What a student's function returns.

        Args:
            name: the function's.
            arguments: plain data and arrays.
            cells: indices of the student's cells that define it, to be run first.
            share: the solution cell whose time it is.

        Raises:
            ClaimFailed: the function is not defined there, or needs another library.
            Ended: it stalled or ended the kernel there.
        """
        try:
            return self._called(name, arguments, cells, share)
        except Ended:
            self._close()
            raise

    def _called(self, name: str, arguments: Sequence[Any], cells: Sequence[int], share: str) -> Any:
        kernel, left = self._ready(cells, share)
        proxies = Proxies(
            lambda question, buffers: kernel.ask(question, buffers, left()),
            lambda *_: None,
            heard=lambda asked: self._heard(asked, NUMPY_ONLY),
        )
        function = proxies.look([name]).get(name)
        if function is None:
            said = gettext("Where numpy is the only library, {name} is not even defined", name=name)
            failures = "; ".join(
                gettext("a cell {description}", description=run.description)
                for run in self._failures.values()
            )
            said = f"{said}: {failures}" if failures else said
            raise ClaimFailed(sentence(said, gettext(_DO_WITHOUT)))
        try:
            return proxies.run("grader.checks.blocked", "call_blocked", function, *arguments)
        except ImportError as error:
            library = re.match(r"(\S+) is blocked in this sandbox", str(error))
            said = gettext(
                "{name} uses {library}, expected: numpy alone",
                name=name,
                library=library[1] if library else error,
            )
            raise ClaimFailed(sentence(said, gettext(_DO_WITHOUT))) from error
        except NameError as error:  # a cell that needs another library was to define it
            raise ClaimFailed(
                "Where numpy is the only library, {name} ends with NameError: {error}. Give the "
                "function all that it needs as arguments, or define it with numpy.",
                name=name,
                error=str(error).rstrip("."),
            ) from error

    def _ready(self, cells: Sequence[int], share: str) -> tuple[StudentKernel, Callable[[], float]]:
        """A kernel in which the cells have run, and what is left of the call's time."""
        while True:
            kernel = self._kernel or self._started()
            left = self._limits.countdown(share)
            if self._run_cells(kernel, cells, left):
                return kernel, left
            self._close()

    def _run_cells(
        self, kernel: StudentKernel, cells: Sequence[int], left: Callable[[], float]
    ) -> bool:
        """Run those cells that have not run, or stalled, here; whether the kernel lives on."""
        for index in cells:
            known = self._failures.get(index)
            stalled = known is not None and known.status is not CellStatus.RAISED
            if index in self._done or stalled:
                continue
            if left() <= 0:
                raise Ended(CellRun(CellStatus.LIMIT, message=gettext("time limit")))
            run = kernel.run(index, left())
            self._done.add(index)
            if run.status is not CellStatus.DONE:
                self._failures[index] = run
            if not run.alive:
                return False
        return True

    def _started(self) -> StudentKernel:
        """A new kernel with numpy alone; outputs of cells in it are dropped."""
        if self._limits.left <= 0:
            raise Ended(CellRun(CellStatus.LIMIT, message=gettext("time limit")))
        if self._starts == self._most_starts:
            raise Ended(
                CellRun(
                    CellStatus.LIMIT,
                    message=gettext("{count} kernels were lost", count=self._starts),
                )
            )
        self._starts += 1
        starting = start_kernel.started(
            copy.deepcopy(self._examination.rebuilt.notebook),
            self._examination.numpy_only_setup,
            # No network is trained here.
            requests=FitRequests(Trainings(None, "", Budget(), {}).answer, self._limits.clock),
            seed=self._examination.kernel_seed,
        )
        kernel = self._open.enter_context(starting)
        kernel.execute(_PREPARE)
        kernel.execute(f"import numpy as np\n{self._given()}")
        self._kernel = kernel
        return kernel

    def _given(self) -> str:
        """What the course's own cells import and define, which students' functions may use."""
        assignment, rebuilt = self._examination.assignment, self._examination.rebuilt
        return "\n".join(
            definitions(cell.source)
            for cell in assignment.master.cells
            if rebuilt.runs(cell) and cell.id in assignment.given_ids and not is_claim(cell)
        )

    def _close(self) -> None:
        self._kernel = None
        self._done.clear()
        self._open.close()
