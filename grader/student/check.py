"""Checks a student's saved notebook without training, in a kernel of its own."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from grader import kernelspec, language
from grader.engines.base import Silent
from grader.errors import SubmissionError
from grader.language import gettext
from grader.model import Budget, Limits
from grader.notebook.assignment import Assignment
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import CellStarted, VerdictReached
from grader.notebook.judging.judge_process import judge_apart
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.submission.file_rules import printable_path
from grader.notebook.submission.rebuild import Rebuilt
from grader.settings import Settings
from grader.student import own_notebook
from grader.student.checked import Checked, planned
from grader.student.visible_claims import Plan, plan, with_claims

_SECONDS = 120.0  # for a cell that trains nothing; a convolution with four loops takes some


def read_notebook(path: Path) -> tuple[NotebookNode, Plan]:
    """A student's notebook and the plan of its claims.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    notebook = with_claims(own_notebook.read(path))
    claims_plan = plan(notebook)
    if not claims_plan.claims:
        raise SubmissionError(
            gettext(
                "{file} shows no claims (cells that begin with '# Claim:'), expected a notebook "
                "that the course handed out, or your copy of it: fetch it again if the cells are "
                "lost.",
                file=printable_path(path),
            )
        )
    return notebook, claims_plan


def check(path: Path, watch: Callable[[Checked], None] = lambda _: None) -> Checked:
    """Run the cells that claims depend on, without any training, and judge these claims.

    The code runs in an ordinary kernel, because it is the student's own on the student's own
    machine. Nothing is graded or stored.

    Args:
        path: the notebook, as it was handed out or as a student has filled it in.
        watch: called with what is known, before each cell runs and after each verdict.

    Raises:
        SubmissionError: as ``read_notebook``.
        ConfigurationError: the course's kernel is not installed.
    """
    settings = _settings(path)
    language.use(settings.language)
    notebook, claims_plan = read_notebook(path)
    begun = planned(path.stem, claims_plan)
    watch(begun)
    if not claims_plan.checkable:
        return begun
    tests = {claims_plan.tests[claim.name] for claim in claims_plan.checkable}
    pruned = copy.deepcopy(notebook)
    places = sorted({*claims_plan.cells, *tests})
    pruned.cells = [notebook.cells[place] for place in places]
    assignment = Assignment(path.stem, pruned, pruned, claims_plan.checkable, sha256="")
    rebuilt = Rebuilt(
        copy.deepcopy(pruned),
        untouched=claims_plan.untouched,
        numbers=tuple(place + 1 for place in places),
    )
    examination = Examination(assignment, rebuilt, path.resolve().parent, settings)
    _, verdicts, _ = judge_apart(examination, Stopwatch(), _Watched(begun, watch))
    return dataclasses.replace(begun, verdicts=verdicts)


class _Watched(Silent):
    """Tells what is known, each time that there is more.

    Args:
        begun: what was known before.
        watch: is called.
    """

    def __init__(self, begun: Checked, watch: Callable[[Checked], None]) -> None:
        self._known, self._watch = begun, watch

    def progress(self, detail: object) -> None:
        match detail:
            case CellStarted(name):
                self._known = dataclasses.replace(self._known, running=name)
            case VerdictReached(verdict):
                verdicts = (*self._known.verdicts, verdict)
                self._known = dataclasses.replace(self._known, verdicts=verdicts, running="")
            case _:
                return
        self._watch(self._known)


def _settings(path: Path) -> Settings:
    """Settings for a student, who has no course folder but the kernel that the course installed."""
    limits = dataclasses.replace(Limits(), cell_seconds=_SECONDS)
    folder = path.resolve().parent
    return Settings(
        root=folder,
        data=kernelspec.data_folder(),
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
        language=kernelspec.language(),
    )
