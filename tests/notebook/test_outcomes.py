from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_notebook

from grader.examiner.examiner import Finding
from grader.model import Claim, Outcome
from grader.notebook.outcomes import Circumstances, answered, unanswered
from grader.notebook.rebuild import Rebuilt
from grader.notebook.runs import CellRun, End

CLAIM = Claim("adds", 2, "It adds.", "Look at add.", ("add", "more"))
CRASH = CellRun(End.RAISED, error="ValueError", message="bad")


def around(
    runs: dict[str, CellRun] | None = None, untouched: Any = (), missing: Any = ()
) -> Circumstances:
    return Circumstances(Rebuilt(new_notebook(), missing, untouched, ()), runs or {})


def test_a_test_that_ran_to_its_end_is_passed() -> None:
    assert answered(CLAIM, Finding(), around()) == (Outcome.PASSED, "")


def test_a_cell_that_raised_after_it_did_its_work_costs_nothing() -> None:
    assert answered(CLAIM, Finding(), around({"add": CRASH})) == (Outcome.PASSED, "")


@pytest.mark.parametrize("error", ["ClaimFailed", "AssertionError"])
@pytest.mark.parametrize(("message", "said"), [("no 3", "no 3"), ("", "Look at add.")])
def test_a_test_that_says_no_is_failed(error: str, message: str, said: str) -> None:
    assert answered(CLAIM, Finding(error, message), around()) == (Outcome.FAILED, said)


@pytest.mark.parametrize("error", ["Malformed", "SystemExit", "StopIteration", "MemoryError", "x"])
def test_whatever_else_was_raised_is_crashed(error: str) -> None:
    outcome, said = answered(CLAIM, Finding(error, "why"), around())
    assert (outcome, said) == (Outcome.CRASHED, f"Testing your code ended with {error}: why.")


@pytest.mark.parametrize(
    ("run", "outcome", "said"),
    [
        (CRASH, Outcome.CRASHED, "The cell `add` ended with ValueError: bad."),
        (
            CellRun(End.LIMIT, message="time limit, 3 s"),
            Outcome.OVER_LIMIT,
            "The cell `add` was stopped: time limit, 3 s.",
        ),
        (
            CellRun(End.DIED, message="it exited"),
            Outcome.CRASHED,
            "The cell `add` ended Python itself (it exited).",
        ),
        (
            CellRun(End.FAULT, message="lost"),
            Outcome.GRADER_FAULT,
            "The grader failed (lost); this is not your fault.",
        ),
    ],
)
def test_a_name_that_a_broken_cell_owes_is_that_cells_matter(
    run: CellRun, outcome: Outcome, said: str
) -> None:
    finding = Finding("NameError", "name 'add' is not defined")
    assert answered(CLAIM, finding, around({"add": run})) == (outcome, said)
    elsewhere = around({"other": run})
    assert answered(CLAIM, finding, elsewhere)[0] is Outcome.CRASHED


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ((), "The cell `more` is as it was handed out: write your solution there."),
        (("more",), "The cell `more` is missing: write your solution there."),
    ],
)
def test_what_rests_on_an_untouched_cell_is_not_attempted(missing: Any, said: str) -> None:
    blank = around({"add": CRASH}, untouched=("more",), missing=missing)
    expected = (Outcome.NOT_ATTEMPTED, said)
    assert answered(CLAIM, Finding("NameError"), blank) == expected
    assert unanswered(CLAIM, CellRun(End.DIED, message="it exited"), blank) == expected
    assert answered(CLAIM, Finding(), blank)[0] is Outcome.PASSED


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (End.DIED, Outcome.CRASHED),
        (End.LIMIT, Outcome.OVER_LIMIT),
        (End.FAULT, Outcome.GRADER_FAULT),
    ],
)
def test_no_answer_is_never_passed(end: End, outcome: Outcome) -> None:
    found, said = unanswered(CLAIM, CellRun(end, message="why"), around())
    assert found is outcome
    assert "why" in said


def test_a_fault_of_ours_is_nobodys_even_where_nothing_was_written() -> None:
    fault = CellRun(End.FAULT, message="lost")
    assert unanswered(CLAIM, fault, around(untouched=("add",)))[0] is Outcome.GRADER_FAULT


def test_a_claim_that_rests_on_a_fault_of_the_grader_is_nobodys_zero() -> None:
    fault = CellRun(End.FAULT, message="the worker died")
    message = "The grader failed (the worker died); this is not your fault."
    for error in ("NameError", "ClaimFailed", "OutputLimit"):
        found = answered(CLAIM, Finding(error, "?"), around({"more": fault}))
        assert found == (Outcome.GRADER_FAULT, message)
    assert answered(CLAIM, Finding(), around({"more": fault})) == (Outcome.PASSED, "")
    assert answered(CLAIM, Finding("x"), around({"other": fault}))[0] is Outcome.CRASHED
    untouched = around({"more": fault}, untouched=("add",))
    assert answered(CLAIM, Finding("x"), untouched)[0] is Outcome.NOT_ATTEMPTED
