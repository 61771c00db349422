"""The claims of a notebook, tested in the kernel in which it is written."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import _modified_open

from grader.model import Outcome
from grader.notebook.assignment import grade_id
from grader.notebook.submission import parse
from grader.student import kernel_check

LOOK = "Call your code on a small example, in a cell of your own: the error shows its line."
HEAD = "# Claim: it adds.\n# Hint: use +.\n"


def checked(path: Path, **space: object) -> dict[str, tuple[Outcome, str]]:
    verdicts = kernel_check.checked(path, space).verdicts
    return {verdict.claim: (verdict.outcome, verdict.message) for verdict in verdicts}


def test_claims_are_tested_on_what_the_kernel_has_now(sums: Path) -> None:
    verdicts = checked(sums, add=lambda a, b: a - b)
    assert verdicts["adds"] == (Outcome.FAILED, "add(1, 2) is -1, expected 3")
    outcome, message = verdicts["totals"]
    assert outcome is Outcome.NOT_ATTEMPTED
    assert message == (
        "The cells `add`, `total` have not been run in this kernel as they are saved now: run "
        "them, save the notebook, and give %check again."
    )
    assert checked(sums, add=lambda a, b: a + b, total=sum) == {
        "adds": (Outcome.PASSED, ""),
        "totals": (Outcome.PASSED, ""),
    }


def test_a_stub_and_a_crash_are_told_apart(sums: Path) -> None:
    def stub(*_: object) -> None:
        raise NotImplementedError

    verdicts = checked(sums, add=stub, total=lambda _: 1 / 0)
    assert verdicts["adds"][0] is Outcome.NOT_ATTEMPTED
    assert verdicts["totals"] == (
        Outcome.CRASHED,
        "Testing your code ended with ZeroDivisionError: division by zero. " + LOOK,
    )


def test_what_was_run_is_judged_as_grading_would(sums: Path) -> None:
    run = [cell.source for cell in parse.read(sums).cells if grade_id(cell) in ("add", "total")]

    def begun(*_: object) -> None:
        raise NotImplementedError("Not written yet")

    verdicts = checked(sums, add=begun, In=["", *run])
    assert verdicts["adds"] == (
        Outcome.CRASHED,
        "Testing your code ended with NotImplementedError: Not written yet. " + LOOK,
    )
    outcome, message = verdicts["totals"]
    assert outcome is Outcome.CRASHED
    assert message.endswith("Define `total` in the cell `total`, by just this name.")


def test_what_was_run_and_is_not_saved_yet_counts_as_written(sums: Path) -> None:
    stub, wrong = (
        "def add(a, b):\n    raise NotImplementedError",
        "def add(a, b):\n    return a - b",
    )
    notebook = parse.read(sums)
    for cell in notebook.cells:
        if grade_id(cell) == "add":
            cell.source = stub
    nbformat.write(notebook, sums)
    subtract = {"add": lambda a, b: a - b}
    verdicts = checked(sums, **subtract, In=["", stub, wrong, "print(add(1, 2))", "%check"])
    assert verdicts["adds"] == (Outcome.FAILED, "add(1, 2) is -1, expected 3")
    for run in (["", stub], ["", wrong, stub], [""]):
        outcome, message = checked(sums, **subtract, In=run)["adds"]
        assert (outcome, message.split(":")[0]) == (
            Outcome.NOT_ATTEMPTED,
            "The cell `add` is as it was handed out",
        )


def test_a_test_cell_leaves_nothing_behind(sums: Path) -> None:
    notebook = parse.read(sums)
    for cell in notebook.cells:
        if cell.id == "adds":
            cell.source = HEAD + "add = None"
    nbformat.write(notebook, sums)
    space = {"add": max, "total": sum}
    kernel_check.checked(sums, space)
    assert space == {"add": max, "total": sum}


def test_a_patch_of_open_reaches_code_of_a_notebook(sums: Path) -> None:
    notebook = parse.read(sums)
    for cell in notebook.cells:
        if grade_id(cell) == "adds":
            cell.source = HEAD + (
                "from unittest.mock import mock_open, patch\n"
                "with patch('builtins.open', mock_open(read_data='3')):\n"
                "    assert add('no such file') == '3'"
            )
    nbformat.write(notebook, sums)
    space = {"open": _modified_open, "total": sum}
    exec("def add(path):\n    with open(path) as file:\n        return file.read()", space)
    assert kernel_check.checked(sums, space).verdicts[0].outcome is Outcome.PASSED
    assert space["open"] is _modified_open


def test_one_claim_after_the_other_is_running(sums: Path) -> None:
    states = list(kernel_check.states(sums, {"add": max, "total": sum}))
    assert [known.running for known in states] == ["adds", "totals", ""]
    assert [len(known.verdicts) for known in states] == [0, 1, 2]
    assert (states[0].hidden, states[0].written) == ((1.0,), (5.0,))


@pytest.mark.lengthy
def test_an_endless_loop_is_over_a_limit_and_the_next_claim_is_tested(sums: Path) -> None:
    def add(*_: object) -> int:
        for _ in itertools.count():
            try:
                time.sleep(0.01)
            except BaseException:  # as a bare `except:` of a student's catches the first stop
                break
        while True:
            time.sleep(0.01)

    run = ["", *(cell.source for cell in parse.read(sums).cells)]
    space = {"add": add, "total": sum, "In": run}
    verdicts = {v.claim: v for v in kernel_check.checked(sums, space, seconds=0.6).verdicts}
    assert verdicts["adds"].outcome is Outcome.OVER_LIMIT
    assert "was stopped: time limit, 1 s" in verdicts["adds"].message
    assert verdicts["totals"].outcome is Outcome.PASSED


def test_a_message_is_not_longer_than_can_be_read(sums: Path) -> None:
    def add(*_: object) -> int:
        raise ValueError("\x1b[31m" + "long " * 9000)

    outcome, message = checked(sums, add=add, total=sum)["adds"]
    assert outcome is Outcome.CRASHED
    assert len(message) == 2000
    assert "\x1b" not in message
