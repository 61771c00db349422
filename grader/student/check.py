"""Checks a student's own notebook without training, and shows the verdicts in a table."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from traitlets.config import Config

from grader import kernelspec
from grader.engines.base import Silent
from grader.errors import SubmissionError
from grader.model import Budget, Claim, Limits, Outcome, Verdict
from grader.notebook.assignment import Assignment
from grader.notebook.judging.examination import Examination
from grader.notebook.judging.judge_messages import CellStarted
from grader.notebook.judging.judge_process import judge_apart
from grader.notebook.judging.stopwatch import Stopwatch
from grader.notebook.submission.rebuild import Rebuilt
from grader.settings import Settings
from grader.student import own_notebook
from grader.student.visible_claims import Plan, plan, with_claims

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_SECONDS = 120.0  # for a cell that trains nothing; a convolution with four loops takes some

# Outcomes after which a hint helps: the work was examined, and something is wrong with it.
_HINTED = (Outcome.FAILED, Outcome.CRASHED)


@dataclass(frozen=True)
class Checked:
    """The verdicts on the claims that a notebook shows.

    Attributes:
        name: the notebook's file name, without its suffix.
        claims: all visible claims, in notebook order.
        verdicts: one for each claim that needs no training.
    """

    name: str
    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]


def read_notebook(path: Path) -> tuple[NotebookNode, Plan]:
    """A student's notebook and the plan of its claims.

    Raises:
        SubmissionError: no such file, no notebook, or one that shows no claim.
    """
    notebook = with_claims(own_notebook.read(path))
    claims_plan = plan(notebook)
    if not claims_plan.claims:
        raise SubmissionError(
            f"{path} shows no claims (cells that begin with '# Claim:'): expected a notebook that "
            "the course handed out, or your copy of it; fetch it again if the cells are lost"
        )
    return notebook, claims_plan


def check(path: Path, progress: Callable[[str], None] = lambda _: None) -> Checked:
    """Run the cells that claims depend on, without any training, and judge these claims.

    The code runs in an ordinary kernel, because it is the student's own on the student's own
    machine. Nothing is graded or stored.

    Args:
        path: the notebook, as it was handed out or as a student has filled it in.
        progress: called with the name of each cell before it runs.

    Raises:
        SubmissionError: as ``read_notebook``.
        ConfigurationError: the course's kernel is not installed.
    """
    notebook, claims_plan = read_notebook(path)
    settings = _settings(path)
    if not claims_plan.checkable:
        return Checked(path.stem, claims_plan.claims, ())
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
    _, verdicts, _ = judge_apart(examination, Stopwatch(), _Cells(progress))
    return Checked(path.stem, claims_plan.claims, verdicts)


class _Cells(Silent):
    """Reports each cell as it begins."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def progress(self, detail: object) -> None:
        if isinstance(detail, CellStarted):
            self._tell(detail.name)


def check_table(checked: Checked) -> RenderableType:
    """A table of claims, verdicts and messages, with a summary; for terminal or notebook."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    verdicts = {verdict.claim: verdict for verdict in checked.verdicts}
    table = Table(title=checked.name, title_justify="left", title_style="bold", show_lines=True)
    for column in ("claim", "verdict", "message"):
        table.add_column(column, overflow="fold")
    for claim in checked.claims:
        points = f" ({claim.points:g})" if claim.points else ""
        table.add_row(Text(f"{claim.name}{points}"), *_columns(claim, verdicts))
    return Group(table, _summary(checked))


def _columns(claim: Claim, verdicts: Mapping[str, Verdict]) -> tuple[Text, Text]:
    """Outcome and message of one claim."""
    from rich.text import Text

    from grader.reports.terminal.marks import MARKS

    verdict = verdicts.get(claim.name)
    if verdict is None:
        return Text("not checked", "dim"), Text("needs training: run your notebook", "dim")
    message = "" if verdict.outcome is Outcome.PASSED else verdict.message
    if verdict.outcome in _HINTED and claim.hint and claim.hint not in message:
        message = f"{message}\nHint: {claim.hint}"
    return Text(verdict.outcome, MARKS[verdict.outcome][1]), Text(message)


def _summary(checked: Checked) -> Text:
    from rich.text import Text

    passed = sum(verdict.outcome is Outcome.PASSED for verdict in checked.verdicts)
    training = len(checked.claims) - len(checked.verdicts)
    more = f"; {training} need{'s' if training == 1 else ''} training" if training else ""
    return Text(
        f"{passed} of {len(checked.verdicts)} checked claims passed{more}. "
        "Hidden claims and written answers are looked at when your work is graded.",
        style="dim",
    )


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
    )
