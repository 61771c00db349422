"""The table that Validate shows, of notebooks with their outputs."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.model import Outcome
from grader.notebook.plugins.validator import validate_with
from grader.student import validation
from tests import tiny

FRAME = "Cell In[{}], line {}\n----> {} {}\n"


def executed(**errors: tuple[str, str, str]) -> NotebookNode:
    """The tiny exercise with solutions, run; some cells ended with error, text and traceback."""
    notebook = tiny.source()
    for cell in notebook.cells:
        if cell.id in errors:
            name, text, traced = errors[cell.id]
            cell.outputs = [new_output("error", ename=name, evalue=text, traceback=[traced])]
    return notebook


def verdicts(notebook: NotebookNode) -> dict[str, tuple[Outcome, str]]:
    found = validation.checked(notebook, "sums")
    return {each.claim: (each.outcome, each.message) for each in found.verdicts}


def test_a_notebook_that_runs_holds_every_claim() -> None:
    assert set(verdicts(executed()).values()) == {(Outcome.PASSED, "")}
    shown = validation.validated(executed(), "folder/sums.ipynb")
    assert shown.failed == 0
    assert shown.claims >= {"adds", "totals"}
    assert len(shown.answers) == 1
    assert shown.text.startswith("sums\n")


def test_errors_are_told_as_check_tells_them() -> None:
    frames = FRAME.format(3, 2, 2, "total([1])") + FRAME.format(2, 6, 6, "return result")
    found = verdicts(
        executed(
            adds=("ClaimFailed", "it is 3", "Failed"), totals=("IndexError", "out of range", frames)
        )
    )
    assert found["adds"] == (Outcome.FAILED, "it is 3")
    assert found["totals"][0] is Outcome.CRASHED
    assert (
        "IndexError: out of range. It was raised in line 6 of the cell `total`, `return result`."
        in found["totals"][1]
    )
    alone = FRAME.format(3, 2, 2, "total([1])")
    _, said = verdicts(executed(totals=("TypeError", "no", alone)))["totals"]
    assert "It was raised in" not in said, "the line is the test's"


def test_a_solution_that_broke_is_named() -> None:
    broken = ("NameError", "name 'ad' is not defined", "")
    found = verdicts(executed(add=broken, adds=broken))
    assert found["adds"][0] is Outcome.CRASHED
    assert found["adds"][1].startswith("The cell `add` ended with NameError")


def test_a_cell_that_took_too_long_is_over_a_limit() -> None:
    outcome, said = verdicts(executed(adds=("CellTimeoutError", "", "")))["adds"]
    assert outcome is Outcome.OVER_LIMIT
    assert "was stopped: the time limit of a cell" in said


def test_a_process_that_validates_nothing_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = "nbgrader.server_extensions.validate_assignment.handlers"
    monkeypatch.delitem(sys.modules, "nbgrader.apps.validateapp", raising=False)
    monkeypatch.delitem(sys.modules, handlers, raising=False)
    validation.use_in_nbgrader()
    assert handlers not in sys.modules
    module = ModuleType(handlers)
    monkeypatch.setitem(sys.modules, handlers, module)
    validate_with(validation.validated)
    assert module.Validator.__name__ == "TableValidator"
