"""``%check``: the claims of a student's notebook, tested in the kernel in which it is written.

The test cells run as they are saved, on what is defined in the kernel now: nothing is run anew.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from rich.console import Console

from grader.errors import GraderError
from grader.examiner.examiner import Finding, examine
from grader.model import Outcome, Verdict
from grader.notebook import checking
from grader.notebook.outcomes import Circumstances, answered
from grader.notebook.plain import plain
from grader.notebook.rebuild import Rebuilt
from grader.reports.checked import checked_table

# Jupyter names the notebook here; see jupyter_server.services.sessions.
_NOTEBOOK = "JPY_SESSION_NAME"


def check(line: str) -> None:
    """Show what came of every claim of the notebook; ``line`` may name it."""
    shell: Any = get_ipython()
    try:
        done = checked(notebook(line), shell.user_ns)
    except GraderError as error:
        raise UsageError(str(error)) from error
    Console(width=100).print(checked_table(done.name, done.claims, done.verdicts))


def checked(path: Path, space: Mapping[str, Any]) -> checking.Checked:
    """What comes of the claims of a saved notebook with the names in ``space``.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    saved, found = checking.read(path)
    around = Circumstances(Rebuilt(saved, (), (), ()), {})
    verdicts = []
    for claim in found.checkable:
        finding = examine(saved.cells[found.tests[claim.name]].source, _Here(space))
        outcome, message = _undefined(finding) or answered(claim, finding, around)
        verdicts.append(Verdict(claim.name, outcome, claim.points, plain(message)))
    return checking.Checked(path.stem, found.claims, tuple(verdicts))


def notebook(line: str) -> Path:
    """The notebook that is meant: the one named, else the one that Jupyter has started us for."""
    named = line.strip().strip("'\"") or os.environ.get(_NOTEBOOK, "")
    if named and Path(named).is_file():
        return Path(named)
    here = sorted(path.name for path in Path().glob("*.ipynb"))
    if not named and len(here) == 1:
        return Path(here[0])
    raise UsageError(
        f"%check does not find {named or 'out which notebook this is'}: name it, as in "
        f"%check {here[0] if here else 'mnist_998.ipynb'}"
    )


class _Here:
    """The names of this very kernel, for test cells."""

    def __init__(self, space: Mapping[str, Any]) -> None:
        self._space = space

    def look(self, names: list[str]) -> dict[str, Any]:
        """Those of ``names`` that are defined."""
        return {name: self._space[name] for name in names if name in self._space}


def _undefined(finding: Finding) -> tuple[Outcome, str] | None:
    """A claim whose cell was not run yet, or not written."""
    if finding.error == "NameError":
        return Outcome.NOT_ATTEMPTED, f"{finding.message}: run the cell that defines it first."
    if finding.error == "NotImplementedError":
        return Outcome.NOT_ATTEMPTED, "The cell is as it was handed out, or was not run since."
    return None
