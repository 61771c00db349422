"""Runs a rebuilt notebook and gives every claim its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from grader.model import Claim, Outcome, Verdict
from grader.notebook.assignments import Assignment, grade_id
from grader.notebook.kernel import CellRun, End, StudentKernel, started
from grader.notebook.rebuild import Rebuilt
from grader.settings import Settings

# A kernel that dies is started again and the cells before are run once more; not for ever.
_RESTARTS = 3

_LIMITS = {End.TIMEOUT: Outcome.OVER_LIMIT}

Progress = Callable[[str], None]


def judge(
    assignment: Assignment,
    rebuilt: Rebuilt,
    folder: Path,
    settings: Settings,
    progress: Progress = lambda _: None,
) -> tuple[Verdict, ...]:
    """Run every cell of ``rebuilt`` in ``folder``, and judge the claims.

    The notebook is changed in place: cells get their outputs.

    Args:
        assignment: what the notebook was rebuilt from.
        rebuilt: a student's answers in the course's notebook.
        folder: the working directory of the student's code.
        settings: the course: its data, and how long a cell may take.
        progress: told the name of each cell before it runs.

    Returns:
        One verdict a claim, in notebook order.
    """
    claims = {claim.name: claim for claim in assignment.claims}
    runs: dict[str, CellRun] = {}
    verdicts = []
    seconds = settings.cell_limit(assignment.name)
    with started(rebuilt.notebook, folder, settings.data) as kernel:
        for cell, run in _executed(kernel, rebuilt.notebook, seconds, progress):
            name = grade_id(cell)
            runs[name or cell.id] = run
            if name in claims:
                verdicts.append(_verdict(claims[name], run, runs, rebuilt))
    return tuple(verdicts)


def _executed(
    kernel: StudentKernel, notebook: NotebookNode, seconds: float, progress: Progress
) -> Iterator[tuple[NotebookNode, CellRun]]:
    """Every code cell with how it went; a cell that kills its kernel does not end the rest."""
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    killers: list[int] = []
    for index in code:
        cell = notebook.cells[index]
        progress(grade_id(cell) or cell.id)
        if len(killers) > _RESTARTS:
            yield cell, CellRun(End.DIED, 0.0)
            continue
        run = kernel.run(index, seconds)
        if run.end is End.DIED:
            killers.append(index)
            _replay(kernel, notebook, [i for i in code if i < index and i not in killers], seconds)
        yield cell, run


def _replay(
    kernel: StudentKernel, notebook: NotebookNode, indices: list[int], seconds: float
) -> None:
    """Bring a fresh kernel to where the dead one was: all cells but the tests and the killers."""
    kernel.restart()
    for index in indices:
        if not notebook.cells[index].metadata.get("nbgrader", {}).get("grade"):
            kernel.run(index, seconds)


def _verdict(claim: Claim, run: CellRun, runs: dict[str, CellRun], rebuilt: Rebuilt) -> Verdict:
    outcome, message = _outcome(claim, run, runs, rebuilt)
    return Verdict(claim.name, outcome, claim.points, message, run.seconds)


def _outcome(
    claim: Claim, run: CellRun, runs: dict[str, CellRun], rebuilt: Rebuilt
) -> tuple[Outcome, str]:
    if run.end is End.DONE:
        return Outcome.PASSED, ""
    if blank := [name for name in claim.needs if name in rebuilt.untouched]:
        what = "missing" if blank[0] in rebuilt.missing else "as it was handed out"
        return Outcome.NOT_ATTEMPTED, f"The cell `{blank[0]}` is {what}: write your solution there."
    if run.error in ("ClaimFailed", "AssertionError"):
        return Outcome.FAILED, run.message or claim.hint
    broken = [name for name in claim.needs if name in runs and runs[name].end is not End.DONE]
    if run.end is End.RAISED and broken:
        # The test stumbled over what a cell before it did not get to define.
        name, run = broken[0], runs[broken[0]]
        return _LIMITS.get(run.end, Outcome.CRASHED), f"The cell `{name}` {run.description}."
    return _LIMITS.get(run.end, Outcome.CRASHED), f"Testing your code {run.description}."
