"""Checks a student's own notebook without training: the claims that it shows, in seconds."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from grader import kernel
from grader.errors import SubmissionError
from grader.model import Budget, Claim, Limits, Verdict
from grader.notebook import reading
from grader.notebook.assignments import Assignment
from grader.notebook.judge import Examination
from grader.notebook.rebuild import Rebuilt
from grader.notebook.stopwatch import Stopwatch
from grader.notebook.visible import Plan, plan
from grader.notebook.worker import judge_apart
from grader.settings import Settings

_SECONDS = 120.0  # for a cell that trains nothing; a convolution with four loops takes some


@dataclass(frozen=True)
class Checked:
    """What came of the claims that a notebook shows.

    Attributes:
        name: the notebook's, without its ending.
        claims: all that it shows, in notebook order.
        verdicts: one for each claim that needs no training.
    """

    name: str
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]


def read(path: Path) -> tuple[NotebookNode, Plan]:
    """A student's notebook and the plan of its claims.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    notebook = reading.read(path)
    found = plan(notebook)
    if not found.claims:
        raise SubmissionError(
            f"{path} shows no claims (cells that begin with '# Claim:'): expected a notebook that "
            "the course handed out, or your copy of it; fetch it again if the cells are lost"
        )
    return notebook, found


def check(path: Path, progress: Callable[[str], None] = lambda _: None) -> Checked:
    """Run the cells that claims rest on, but no training, and judge these claims.

    The code runs in an ordinary kernel, for it is the student's own on the student's own machine;
    nothing is graded or kept.

    Args:
        path: the notebook, as it was handed out or as a student has filled it in.
        progress: told the name of each cell before it runs.

    Raises:
        SubmissionError: as ``read``.
        ConfigurationError: the course's kernel is not installed.
    """
    notebook, found = read(path)
    settings = _settings(path)
    if not found.checkable:
        return Checked(path.stem, found.claims, ())
    tests = {found.tests[claim.name] for claim in found.checkable}
    pruned = copy.deepcopy(notebook)
    pruned.cells = [notebook.cells[place] for place in sorted({*found.cells, *tests})]
    assignment = Assignment(path.stem, pruned, pruned, found.checkable, sha256="")
    rebuilt = Rebuilt(copy.deepcopy(pruned), (), found.untouched, ())
    examination = Examination(assignment, rebuilt, path.resolve().parent, settings)
    _, verdicts, _ = judge_apart(examination, Stopwatch(), progress)
    return Checked(path.stem, found.claims, verdicts)


def _settings(path: Path) -> Settings:
    """What a course would say: a student has none, but the kernel that the course installed."""
    limits = dataclasses.replace(Limits(), cell_seconds=_SECONDS)
    folder = path.resolve().parent
    return Settings(
        root=folder,
        data=kernel.data_folder(),
        runs=folder,
        assignments=(path.stem,),
        limits_of={path.stem: limits},
        budget_of={path.stem: Budget()},
        target_of={},
        referee="local",
        referee_key="",
        backend="tensorflow",
        sandbox="none",
        config=Config(),
    )
