"""The claims of a notebook that nbgrader's Validate has run from top to bottom, as one table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.notebook.plugins.validator import Validation, validate_with

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from grader.examiner.cells.finding import Finding
    from grader.notebook.judging.cell_runs import CellRun
    from grader.student.checked import Checked

_TIMEOUT = "CellTimeoutError"  # what nbgrader calls it
_LENGTH = 2000  # characters of a message


def use_in_nbgrader() -> None:
    """Let Validate show the claims as ``%check`` does; an ``nbgrader_config.py`` calls this."""
    validate_with(validated)


def validated(notebook: NotebookNode, filename: str) -> Validation:
    """What Validate shows of an executed notebook.

    Args:
        notebook: with the outputs of all cells.
        filename: of the notebook.
    """
    from grader.model import Outcome
    from grader.notebook.assignment import grade_id
    from grader.student.check_html import check_html
    from grader.student.check_text import check_text

    found = checked(notebook, Path(filename).stem)
    claims = frozenset(claim.name for claim in found.claims)
    failed = sum(verdict.outcome is not Outcome.PASSED for verdict in found.verdicts)
    answers = frozenset(
        grade_id(cell) for cell in notebook.cells if cell.cell_type == "markdown" and grade_id(cell)
    )
    return Validation(claims, failed, check_html(found), check_text(found), answers)


def checked(notebook: NotebookNode, name: str) -> Checked:
    """The verdicts on all claims that an executed notebook shows, those on trainings included."""
    from grader.model import Verdict
    from grader.notebook.assignment import grade_id, is_solution
    from grader.notebook.judging import code_places
    from grader.notebook.judging.cell_runs import CellStatus
    from grader.notebook.judging.verdict_messages import Circumstances, answered, unanswered
    from grader.notebook.submission.rebuild import Rebuilt
    from grader.student.checked import planned
    from grader.student.visible_claims import plan, with_claims

    notebook = with_claims(notebook)
    claims_plan = plan(notebook)
    runs = {grade_id(c): run for c in notebook.cells if is_solution(c) and (run := _run(c))}
    rebuilt = Rebuilt(notebook, untouched=claims_plan.untouched)
    code, verdicts = code_places.code_cells(rebuilt), []
    for claim in claims_plan.claims:
        cell = notebook.cells[claims_plan.tests[claim.name]]
        around = Circumstances(rebuilt, runs, claims_plan.definers, public=cell.source)
        run = _run(cell, called=1)
        if run is not None and run.status is CellStatus.LIMIT:
            outcome, message = unanswered(claim, run, around, claim.needs)
        else:
            outcome, message = answered(claim, _finding(run), around)
        message = code_places.shown(message, code)[:_LENGTH]
        verdicts.append(Verdict(claim.name, outcome, claim.points, message))
    begun = planned(name, claims_plan)
    return replace(begun, verdicts=tuple(verdicts), training=frozenset())


def _run(cell: NotebookNode, called: int = 0) -> CellRun | None:
    """How a cell went that did not run to its end; None for one that did.

    Args:
        cell: with its outputs.
        called: how many frames of the traceback are not the student's: 1 for a test cell.
    """
    from grader.notebook.judging.cell_errors import where
    from grader.notebook.judging.cell_runs import CellRun, CellStatus
    from grader.notebook.sanitize.text import strip_ansi

    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    if not errors:
        return None
    error, traced = errors[-1], "\n".join(errors[-1].get("traceback", ()))
    if error.ename == _TIMEOUT:
        return CellRun(CellStatus.LIMIT, message="the time limit of a cell")
    own = where(traced) if strip_ansi(traced).count("Cell In[") > called else ""
    return CellRun(CellStatus.RAISED, error=error.ename, message=error.evalue[:_LENGTH], where=own)


def _finding(run: CellRun | None) -> Finding:
    """How a test cell ended, as far as its error output tells."""
    from grader.examiner.cells.finding import Finding, FindingKind

    if run is None:
        return Finding()
    kinds = {
        "AssertionError": FindingKind.REFUTED,
        "ClaimFailed": FindingKind.REFUTED,
        "Failed": FindingKind.REFUTED,
        "NameError": FindingKind.NAME_UNDEFINED,
        "NotImplementedError": FindingKind.NOT_IMPLEMENTED,
    }
    kind = kinds.get(run.error, FindingKind.RAISED)
    note = f"It was raised in {run.where}." if kind is FindingKind.RAISED and run.where else ""
    return Finding(kind, run.error, run.message, note)
