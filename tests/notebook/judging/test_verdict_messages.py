from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.examiner.cells.finding import Finding, FindingKind
from grader.model import Claim, FurtherRun, Outcome
from grader.notebook.assignment import PART_OF
from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.judging.strikes import Refusal, Strike
from grader.notebook.judging.verdict_messages import (
    Circumstances,
    answered,
    decided_by,
    not_tried,
    share_used_up,
    unanswered,
)
from grader.notebook.submission.rebuild import Rebuilt

CLAIM = Claim("adds", 2, "It adds.", "Look at add.", ("add", "more"))
LOOK = "Call your code on a small example, in a cell of your own: the error shows its line."
CRASH = CellRun(CellStatus.RAISED, error="ValueError", message="bad")


def around(
    runs: dict[str, CellRun] | None = None, untouched: Any = (), missing: Any = ()
) -> Circumstances:
    return Circumstances(Rebuilt(new_notebook(), missing, untouched), runs or {})


def test_a_test_that_ran_to_its_end_is_passed() -> None:
    assert answered(CLAIM, Finding(), around()) == (Outcome.PASSED, "")


def test_a_cell_that_raised_after_it_did_its_work_costs_nothing() -> None:
    assert answered(CLAIM, Finding(), around({"add": CRASH})) == (Outcome.PASSED, "")


@pytest.mark.parametrize(
    ("further", "said"),
    [
        ((0.9985, 0.9, 0.998), "again, with seed 2: its training accuracy came to 0.9985. "),
        ((0.5, 0.91, 1.0), "with seed 2: it classifies 91.0% of the test images correctly. "),
        ((0.5, None, 1.0), "again, with seed 2. "),
    ],
)
def test_a_claim_that_another_seed_decided_says_so(
    further: tuple[float, float | None, float], said: str
) -> None:
    run = FurtherRun(2, 14, *further)
    message = decided_by((dataclasses.replace(run, seed=1), run))
    assert said in message
    assert message.endswith("The best of these trainings counts.")
    assert decided_by(()) == ""


def test_what_a_hidden_test_may_not_quote_is_told_with_the_hint() -> None:
    refuted = Finding(FindingKind.REFUTED, "ClaimFailed", "")
    said = "This does not hold for your work yet. Hint: Look at add."
    assert answered(CLAIM, refuted, around()) == (Outcome.FAILED, said)


@pytest.mark.parametrize(("message", "said"), [("no 3", "no 3"), ("", "Look at add.")])
def test_a_test_that_says_no_is_failed(message: str, said: str) -> None:
    refuted = Finding(FindingKind.REFUTED, "AssertionError", message)
    assert answered(CLAIM, refuted, around()) == (Outcome.FAILED, said)


def test_an_assert_without_a_message_says_what_it_came_to() -> None:
    came_to = ("This does not hold: `add(1, 2) == 3`", "`add(1, 2)` is 4")
    refuted = Finding(FindingKind.REFUTED, "AssertionError", came_to=came_to)
    said = "This does not hold: `add(1, 2) == 3`. `add(1, 2)` is 4. Look at add."
    assert answered(CLAIM, refuted, around()) == (Outcome.FAILED, said)


def test_too_much_output_is_over_a_limit() -> None:
    outcome, said = answered(CLAIM, Finding(FindingKind.OUTPUT_LIMIT, "x", "more"), around())
    assert outcome is Outcome.OVER_LIMIT
    assert "more" in said


def test_a_failed_claim_says_that_its_cell_crashed() -> None:
    refuted = Finding(FindingKind.REFUTED, "AssertionError", "It learned by heart.")
    crash = dataclasses.replace(CRASH, where="line 3, `x`", advice="Look at x.")
    assert answered(CLAIM, refuted, around({"add": crash})) == (
        Outcome.FAILED,
        "The cell `add` ended with ValueError: bad, in line 3, `x`. Look at x.",
    )


def test_a_name_that_is_missing_is_told_with_the_cell_that_defines_it() -> None:
    missing = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'more' is not defined")
    circumstances = dataclasses.replace(around(), definers={"more": "add"})
    outcome, said = answered(CLAIM, missing, circumstances)
    assert outcome is Outcome.CRASHED
    assert said.endswith("is not defined. Define `more` in the cell `add`, by just this name.")
    assert answered(CLAIM, missing, around())[1].endswith(f"is not defined. {LOOK}")


def test_a_magic_that_hides_the_name_is_told() -> None:
    missing = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'more' is not defined")
    notebook = new_notebook(
        cells=[new_code_cell("%%timeit\nmore = 1", metadata={"nbgrader": {"grade_id": "add"}})]
    )
    told = Circumstances(Rebuilt(notebook), {}, {"more": "add"})
    assert answered(CLAIM, missing, told)[1].endswith(
        "is not defined. Remove the line with %%timeit from the cell `add`: below it, the notebook "
        "keeps neither `more` nor any other name."
    )


def test_a_name_that_is_defined_below_the_test_is_told_so() -> None:
    missing = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'more' is not defined")
    test, answer = (new_code_cell(metadata={"nbgrader": {"grade_id": g}}) for g in ("adds", "add"))
    answer.source = "more = 1"
    for cells, below in (([test, answer], True), ([answer, test], False)):
        told = Circumstances(Rebuilt(new_notebook(cells=cells)), {}, {"more": "add"})
        said = answered(CLAIM, missing, told)[1]
        assert ("The cell `add` defines it, and stands below this test" in said) is below
        assert ("Define `more` in the cell `add`" in said) is not below


def test_a_name_that_another_answer_defines_below_the_test_is_told_with_its_cell() -> None:
    missing = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'more' is not defined")
    test = new_code_cell(metadata={"nbgrader": {"grade_id": "adds"}})
    all_answers = new_code_cell("more = 1", metadata={PART_OF: "train"})
    told = Circumstances(Rebuilt(new_notebook(cells=[test, all_answers])), {}, {"more": "add"})
    assert (
        "The cell `train` defines it, and stands further down" in answered(CLAIM, missing, told)[1]
    )


@pytest.mark.parametrize("kind", [FindingKind.RAISED, FindingKind.NAME_UNDEFINED])
def test_a_name_that_code_misses_is_told_with_the_cell_below_that_defines_it(
    kind: FindingKind,
) -> None:
    line = "It was raised in line 2 of the cell `add`, `more()`."
    raised = Finding(kind, "NameError", "name 'more' is not defined", line)
    test = new_code_cell(metadata={"nbgrader": {"grade_id": "adds"}})
    own = new_code_cell("def more(): pass", metadata={PART_OF: "other"})
    for cells, below in (([test, own], True), ([own, test], False)):
        said = answered(CLAIM, raised, Circumstances(Rebuilt(new_notebook(cells=cells)), {}))[1]
        assert line in said
        assert ("The cell `other` defines it, and stands further down: cells" in said) is below
        assert ("Define this name in a cell above" in said) is not below


def test_what_a_check_says_of_a_missed_name_stands_alone() -> None:
    note = "It was raised in line 2 of the cell `add`, `more()`. Write self.more."
    raised = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'more' is not defined", note)
    cells = [
        new_code_cell(metadata={"nbgrader": {"grade_id": "adds"}}),
        new_code_cell("more = 1", metadata={PART_OF: "other"}),
    ]
    said = answered(CLAIM, raised, Circumstances(Rebuilt(new_notebook(cells=cells)), {}))[1]
    assert said.endswith(note)


def test_what_a_check_adds_stands_behind_the_error() -> None:
    raised = Finding(FindingKind.RAISED, "TypeError", "no number.", "logs had the key 'loss'.")
    said = answered(CLAIM, raised, around())[1]
    assert said == "Testing your code ended with TypeError: no number. logs had the key 'loss'."
    line = dataclasses.replace(raised, note="It was raised in line 2, `x`.")
    said = answered(CLAIM, line, around())[1]
    assert said.startswith("Testing your code ended with TypeError: no number. It was raised in")
    assert "Print type(...)" in said


def test_what_a_test_cannot_go_on_with_is_told_with_its_code_where_that_is_public() -> None:
    finding = Finding(FindingKind.STUMBLED, "IndexError", "out of range", line=2, code="rows[ 0 ]")
    public = dataclasses.replace(around(), public="rows = f()\nassert rows[\n0\n] == 1")
    start = "The test could not go on with your answer: "
    shown = f"{start}`rows[ 0 ]` raised IndexError: out of range. Look at add."
    assert answered(CLAIM, finding, public) == (Outcome.FAILED, shown)
    hidden = f"{start}IndexError: out of range. Look at add."
    assert answered(CLAIM, finding, around()) == (Outcome.FAILED, hidden)
    none = dataclasses.replace(finding, error="TypeError", message="'NoneType' object is no list")
    assert "without return gives None" in answered(CLAIM, none, around())[1]
    broken = around({"add": CRASH})
    assert answered(CLAIM, finding, broken)[0] is Outcome.CRASHED


def test_a_fault_of_the_test_costs_nothing_and_tells_students_nothing_of_it() -> None:
    finding = Finding(FindingKind.TEST_FAULT, "KeyError", "secret", line=2, code="secret['x']")
    outcome, said = answered(CLAIM, finding, around({"add": CRASH}))
    assert outcome is Outcome.GRADER_FAULT
    assert "secret" not in said
    assert answered(CLAIM, finding, around(untouched=("add",)))[0] is Outcome.NOT_ATTEMPTED


def test_what_pytest_found_is_told_with_the_hint() -> None:
    failed = Finding(FindingKind.REFUTED, "Failed", "Nothing was raised")
    assert answered(CLAIM, failed, around()) == (
        Outcome.FAILED,
        "Nothing was raised. Look at add.",
    )


def test_an_assert_of_the_test_with_another_note_is_not_called_the_students_own() -> None:
    noted = Finding(FindingKind.REFUTED, "AssertionError", "it is [3]", "Your code changed it.")
    assert answered(CLAIM, noted, around())[1] == "it is [3]. Your code changed it."
    bare = dataclasses.replace(noted, message="")
    assert answered(CLAIM, bare, around())[1] == "Look at add. Your code changed it."


def test_an_assert_of_the_students_own_is_named() -> None:
    line = "It was raised in line 2, `assert x`."
    own = Finding(FindingKind.REFUTED, "AssertionError", "only bytes", line)
    outcome, said = answered(CLAIM, own, around())
    assert outcome is Outcome.FAILED
    assert said.startswith(f"An assert in your own code stopped the test: only bytes. {line} Rem")
    bare = dataclasses.replace(own, message="")
    assert answered(CLAIM, bare, around())[1].startswith("An assert in your own code stopped the")
    check = dataclasses.replace(own, error="ClaimFailed")
    assert answered(CLAIM, check, around()) == (Outcome.FAILED, "only bytes")


def test_a_crash_that_many_meet_comes_with_advice() -> None:
    finding = Finding(FindingKind.RAISED, "ModuleNotFoundError", "No module named 'pandas'")
    assert "Use numpy" in answered(CLAIM, finding, around())[1]


@pytest.mark.parametrize("error", ["Malformed", "SystemExit", "StopIteration", "MemoryError", "x"])
def test_whatever_else_was_raised_is_crashed(error: str) -> None:
    outcome, said = answered(CLAIM, Finding(FindingKind.RAISED, error, "why"), around())
    assert (outcome, said) == (
        Outcome.CRASHED,
        f"Testing your code ended with {error}: why. {LOOK}",
    )


@pytest.mark.parametrize(
    ("run", "outcome", "said"),
    [
        (CRASH, Outcome.CRASHED, f"The cell `add` ended with ValueError: bad. {LOOK}"),
        (
            CellRun(CellStatus.LIMIT, message="time limit, 3 s"),
            Outcome.OVER_LIMIT,
            "The cell `add` was stopped: time limit, 3 s. Call your code of the cell `add` on a "
            "small example: it must come to its end, in a second or two, and print and keep "
            "little.",
        ),
        (
            CellRun(CellStatus.DIED, message="process exited"),
            Outcome.CRASHED,
            "The cell `add` crashed the kernel (process exited). Call your code of the cell `add` "
            "on a small example, in a notebook of its own: nothing in it may end Python, as exit() "
            "does, or crash it.",
        ),
        (
            CellRun(CellStatus.FAULT, message="lost"),
            Outcome.GRADER_FAULT,
            "The grader failed (lost); this is not your fault.",
        ),
    ],
)
def test_a_name_that_a_broken_cell_owes_is_that_cells_matter(
    run: CellRun, outcome: Outcome, said: str
) -> None:
    finding = Finding(FindingKind.NAME_UNDEFINED, "NameError", "name 'add' is not defined")
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
    assert answered(CLAIM, Finding(FindingKind.NAME_UNDEFINED, "NameError"), blank) == expected
    assert unanswered(CLAIM, CellRun(CellStatus.DIED, message="process exited"), blank) == expected
    assert answered(CLAIM, Finding(), blank)[0] is Outcome.PASSED


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (CellStatus.DIED, Outcome.CRASHED),
        (CellStatus.LIMIT, Outcome.OVER_LIMIT),
        (CellStatus.FAULT, Outcome.GRADER_FAULT),
    ],
)
def test_no_answer_is_never_passed(end: CellStatus, outcome: Outcome) -> None:
    found, said = unanswered(CLAIM, CellRun(end, message="why"), around())
    assert found is outcome
    assert "why" in said


def test_a_fault_of_ours_is_nobodys_even_where_nothing_was_written() -> None:
    fault = CellRun(CellStatus.FAULT, message="lost")
    assert unanswered(CLAIM, fault, around(untouched=("add",)))[0] is Outcome.GRADER_FAULT


def test_a_claim_that_rests_on_a_fault_of_the_grader_is_nobodys_zero() -> None:
    fault = CellRun(CellStatus.FAULT, message="the worker died")
    crashed = Finding(FindingKind.RAISED, "x")
    message = "The grader failed (the worker died); this is not your fault."
    for kind in set(FindingKind) - {FindingKind.PASSED}:
        found = answered(CLAIM, Finding(kind, "x", "?"), around({"more": fault}))
        assert found == (Outcome.GRADER_FAULT, message)
    assert answered(CLAIM, Finding(), around({"more": fault})) == (Outcome.PASSED, "")
    assert answered(CLAIM, crashed, around({"other": fault}))[0] is Outcome.CRASHED
    untouched = around({"more": fault}, untouched=("add",))
    assert answered(CLAIM, crashed, untouched)[0] is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("run", "outcome", "said"),
    [
        (CellRun(CellStatus.LIMIT, message="time limit, 3 s"), Outcome.OVER_LIMIT, "time limit"),
        (CellRun(CellStatus.DIED, message="process exited"), Outcome.CRASHED, "process exited"),
    ],
)
def test_a_claim_on_a_cell_that_is_out_says_what_the_cell_did(
    run: CellRun, outcome: Outcome, said: str
) -> None:
    refusal = Refusal("more", (Strike("first", run), Strike("second", run)))
    got, message = not_tried(CLAIM, refusal, around())
    assert got is outcome
    assert all(part in message for part in ("not tried", "`more`", "2 times", said))


def test_a_claim_on_an_unwritten_cell_is_not_attempted_even_if_one_is_out() -> None:
    refusal = Refusal("more", (Strike("first", CRASH),))
    assert not_tried(CLAIM, refusal, around(untouched=("add",)))[0] is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize("needs", [("add", "more"), ()])
def test_a_claim_without_time_says_whose_tests_took_it(needs: tuple[str, ...]) -> None:
    outcome, message = share_used_up(dataclasses.replace(CLAIM, needs=needs), around())
    assert outcome is Outcome.OVER_LIMIT
    assert ("`more`" in message) == bool(needs)
