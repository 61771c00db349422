"""``%check`` in the kernel in which a notebook is written."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from IPython.core.error import UsageError
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from grader.model import Outcome
from grader.notebook.assignment import grade_id
from grader.notebook.submission import parse
from grader.student import magic
from tests import tiny

pytestmark = pytest.mark.kernel

LOOK = "Call your code on a small example, in a cell of your own: the error shows its line."
HEAD = "# Claim: it adds.\n# Hint: use +.\n"


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The handed-out notebook of a tiny exercise, in a folder of its own."""
    notebook = tiny.source()
    for cell in notebook.cells:
        if cell.id == "adds-negatives":
            cell.source = "# A hidden test stands here."
    path = tmp_path / "sums.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return path


def checked(path: Path, **space: object) -> dict[str, tuple[Outcome, str]]:
    verdicts = magic.checked(path, space).verdicts
    return {verdict.claim: (verdict.outcome, verdict.message) for verdict in verdicts}


def test_claims_are_tested_on_what_the_kernel_has_now(sums: Path) -> None:
    verdicts = checked(sums, add=lambda a, b: a - b)
    assert verdicts["adds"] == (Outcome.FAILED, "add(1, 2) is -1, expected 3")
    outcome, message = verdicts["totals"]
    assert outcome is Outcome.NOT_ATTEMPTED
    assert message == (
        "The cells `add` and `total` have not been run in this kernel as they are saved now: run "
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


def test_a_test_cell_leaves_nothing_behind(sums: Path) -> None:
    notebook = parse.read(sums)
    for cell in notebook.cells:
        if cell.id == "adds":
            cell.source = HEAD + "add = None"
    nbformat.write(notebook, sums)
    space = {"add": max, "total": sum}
    magic.checked(sums, space)
    assert space == {"add": max, "total": sum}


def test_the_notebook_is_found(sums: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert magic.notebook("") == Path("sums.ipynb")
    assert magic.notebook(" 'sums.ipynb' ") == Path("sums.ipynb")
    with pytest.raises(UsageError, match=r"cannot find other\.ipynb: .*%check sums"):
        magic.notebook("other.ipynb")
    Path("another.ipynb").touch()
    with pytest.raises(UsageError, match="cannot find this notebook"):
        magic.notebook("")
    monkeypatch.setenv("JPY_SESSION_NAME", str(sums))
    assert magic.notebook("") == sums


def test_the_courses_kernel_knows_the_line(sums: Path) -> None:
    notebook = parse.read(sums)
    notebook.cells.append(new_code_cell("%check"))
    notebook.cells.append(new_code_cell("%check missing.ipynb"))
    nbformat.write(notebook, sums)
    NotebookClient(
        notebook, kernel_name="course", allow_errors=True, resources={"metadata": {"path": "."}}
    ).execute()
    shown = str(notebook.cells[-2].outputs)
    assert "adds (2)" in shown
    assert "passed" in shown
    assert "2 of 2 checked claims passed" in shown
    assert "UsageError: %check cannot find missing.ipynb" in str(notebook.cells[-1].outputs)
