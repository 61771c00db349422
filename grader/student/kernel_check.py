"""Tests the claims of a student's notebook in the kernel in which it is written.

The saved test cells run on what is defined in the kernel now. No other cell is run.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.examiner import main_module
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.examiner import TimeUp, examine
from grader.language import ngettext
from grader.model import Claim, Outcome, Verdict
from grader.notebook.assignment import is_solution
from grader.notebook.judging import code_places
from grader.notebook.judging.cell_runs import CellRun, CellStatus, overrun
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.verdict_messages import Circumstances, answered, unanswered
from grader.notebook.submission.rebuild import Rebuilt
from grader.sandbox.guest.callbacks.patches import is_ipythons_open
from grader.sandbox.guest.name_patterns import picked
from grader.student import solutions_run
from grader.student.check import read_notebook
from grader.student.checked import Checked, planned
from grader.student.visible_claims import Plan

_SECONDS = 60.0  # for one claim: its test is small, and a student waits for it
_AGAIN_SECONDS = 1.0  # after which code is stopped once more that has caught the first stop

_LENGTH = 2000  # characters of a message


def checked(path: Path, space: MutableMapping[str, Any], seconds: float = _SECONDS) -> Checked:
    """The verdicts on the claims of a saved notebook; see ``states``."""
    *_, last = states(path, space, seconds)
    return last


def states(
    path: Path, space: MutableMapping[str, Any], seconds: float = _SECONDS
) -> Iterator[Checked]:
    """Test the claims of a saved notebook, with the names in ``space`` as its variables.

    Args:
        path: the notebook.
        space: the kernel's names.
        seconds: for one claim.

    Yields:
        What is known before each claim is tested, and at the end.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    saved, claims_plan = read_notebook(path)
    known = planned(path.stem, claims_plan)
    tests = _Tests(saved, claims_plan, space, seconds)
    for claim in claims_plan.checkable:
        known = replace(known, running=claim.name)
        yield known
        known = replace(known, verdicts=(*known.verdicts, tests.verdict(claim)))
    yield replace(known, running="")


class _Tests:
    """Runs the test cells of a notebook in this kernel.

    Args:
        saved: the notebook.
        claims_plan: of it.
        space: the kernel's names.
        seconds: for one claim.
    """

    def __init__(
        self,
        saved: NotebookNode,
        claims_plan: Plan,
        space: MutableMapping[str, Any],
        seconds: float,
    ) -> None:
        self._saved, self._plan, self._space, self._seconds = saved, claims_plan, space, seconds
        untouched = solutions_run.untouched(saved, claims_plan, space)
        self._rebuilt = Rebuilt(saved, untouched=untouched)
        self._code = code_places.code_cells(self._rebuilt)
        self._written = "\n".join(cell.source for cell in saved.cells if is_solution(cell))

    def verdict(self, claim: Claim) -> Verdict:
        """The verdict on a claim that needs no training."""
        test = self._saved.cells[self._plan.tests[claim.name]].source
        around = Circumstances(self._rebuilt, {}, self._plan.definers, public=test)
        try:
            with _stopped_after(self._seconds), _pythons_open(self._space):
                finding = examine(
                    test,
                    _ThisKernel(self._space),
                    promised=self._written,
                    module=main_module.of_this_kernel(test, self._space),
                )
        except TimeUp:
            late = CellRun(CellStatus.LIMIT, message=overrun(self._seconds))
            outcome, message = unanswered(claim, late, around, claim.needs)
        else:
            waiting = solutions_run.not_run(claim, self._rebuilt, self._space)
            outcome, message = _not_run(finding, waiting) or answered(claim, finding, around)
        message = code_places.shown(message, self._code)
        return Verdict(claim.name, outcome, claim.points, message[:_LENGTH])


@contextlib.contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raise ``TimeUp`` in the body after so long, and once more each second if that is caught."""

    def ring() -> None:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        raise TimeUp(f"it took more than {seconds:g} s")

    with Clock().alarm(seconds, ring):
        yield


@contextlib.contextmanager
def _pythons_open(space: MutableMapping[str, Any]) -> Iterator[None]:
    """Take IPython's ``open`` away in the body, so that ``patch("builtins.open")`` reaches code."""
    if not is_ipythons_open(ours := space.get("open")):
        yield
        return
    del space["open"]
    try:
        yield
    finally:
        space.setdefault("open", ours)


class _ThisKernel:
    """The names defined in this kernel, for test cells."""

    def __init__(self, space: MutableMapping[str, Any]) -> None:
        self._space = space

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined."""
        return {name: self._space[name] for name in picked(list(self._space), names)}


def _not_run(finding: Finding, waiting: Sequence[str]) -> tuple[Outcome, str] | None:
    """A claim whose cell was written, and not run since: what fails is not what is written."""
    if not waiting or finding.kind not in (FindingKind.NAME_UNDEFINED, FindingKind.NOT_IMPLEMENTED):
        return None
    cells = ", ".join(f"`{name}`" for name in waiting)
    return Outcome.NOT_ATTEMPTED, ngettext(
        "The cell {cells} has not been run in this kernel as it is saved now: run it, save the "
        "notebook, and give %check again.",
        "The cells {cells} have not been run in this kernel as they are saved now: run them, save "
        "the notebook, and give %check again.",
        len(waiting),
        cells=cells,
    )
