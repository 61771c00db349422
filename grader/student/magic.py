"""``%check``: the claims of a student's notebook, tested in the kernel in which it is written.

The saved test cells run on what is defined in the kernel now. No other cell is run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from nbformat import NotebookNode
from rich.console import Console

from grader.errors import GraderError
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.examiner import examine
from grader.model import Claim, Outcome, Verdict
from grader.notebook.assignment import grade_id, is_solution
from grader.notebook.judging.verdict_messages import Circumstances, answered
from grader.notebook.sanitize.text import strip_ansi
from grader.notebook.submission.rebuild import Rebuilt
from grader.student.check import Checked, check_table, read_notebook

# Jupyter names the notebook here; see jupyter_server.services.sessions.
_NOTEBOOK = "JPY_SESSION_NAME"


def check(line: str) -> None:
    """Show the verdict on every claim of the notebook; ``line`` may name the notebook."""
    shell: Any = get_ipython()
    try:
        verdicts = checked(notebook(line), shell.user_ns)
    except GraderError as error:
        raise UsageError(str(error)) from error
    Console(width=100, markup=False, emoji=False).print(check_table(verdicts))


def checked(path: Path, space: Mapping[str, Any]) -> Checked:
    """The verdicts on the claims of a saved notebook, with the names in ``space`` as its variables.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    saved, claims_plan = read_notebook(path)
    rebuilt = Rebuilt(saved, untouched=claims_plan.untouched)
    written = "\n".join(cell.source for cell in saved.cells if is_solution(cell))
    verdicts = []
    for claim in claims_plan.checkable:
        test = saved.cells[claims_plan.tests[claim.name]].source
        finding = examine(test, _ThisKernel(space), promised=written)
        waiting = _cells_not_run(claim, saved, claims_plan.untouched, space)
        circumstances = Circumstances(rebuilt, {}, claims_plan.definers, public=test)
        outcome, message = _not_run(finding, waiting) or answered(claim, finding, circumstances)
        verdicts.append(Verdict(claim.name, outcome, claim.points, strip_ansi(message)))
    return Checked(path.stem, claims_plan.claims, tuple(verdicts))


def notebook(line: str) -> Path:
    """The path of the notebook: named by ``line``, else by Jupyter, else the only one here."""
    named = line.strip().strip("'\"") or os.environ.get(_NOTEBOOK, "")
    if named and Path(named).is_file():
        return Path(named)
    present = sorted(path.name for path in Path().glob("*.ipynb"))
    if not named and len(present) == 1:
        return Path(present[0])
    raise UsageError(
        f"%check cannot find {named or 'this notebook'}: name it, as in "
        f"%check {present[0] if present else 'mnist_998.ipynb'}"
    )


class _ThisKernel:
    """The names defined in this kernel, for test cells."""

    def __init__(self, space: Mapping[str, Any]) -> None:
        self._space = space

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined."""
        return {name: self._space[name] for name in names if name in self._space}


def _cells_not_run(
    claim: Claim, saved: NotebookNode, untouched: Sequence[str], space: Mapping[str, Any]
) -> tuple[str, ...]:
    """The solution cells that a claim rests on and that this kernel has not run as they are saved.

    Args:
        claim: of the notebook.
        saved: the notebook.
        untouched: solution cells in which nothing was written.
        space: this kernel's names; IPython keeps there what was run.
    """
    run = {text.strip() for text in space.get("In", ()) if isinstance(text, str)}
    return tuple(
        grade_id(cell)
        for cell in saved.cells
        if grade_id(cell) in claim.needs
        and grade_id(cell) not in untouched
        and cell.source.strip() not in run
    )


def _not_run(finding: Finding, waiting: Sequence[str]) -> tuple[Outcome, str] | None:
    """A claim whose cell was written, and not run since: what fails is not what is written."""
    if not waiting or finding.kind not in (FindingKind.NAME_UNDEFINED, FindingKind.NOT_IMPLEMENTED):
        return None
    cells = " and ".join(f"`{name}`" for name in waiting)
    said = (
        f"The cells {cells} have not been run in this kernel as they are saved now: run them"
        if len(waiting) > 1
        else f"The cell {cells} has not been run in this kernel as it is saved now: run it"
    )
    return Outcome.NOT_ATTEMPTED, f"{said}, save the notebook, and give %check again."
