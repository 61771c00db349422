from __future__ import annotations

from typing import Any

import pytest

from grader.errors import ClaimFailed, DeclarationRefused, SandboxError
from grader.examiner.examiner import Finding, examine
from grader.examiner.mirrors import Mirrors
from grader.notebook.runs import CellRun, End, Ended


def mirrors(**known: Any) -> Mirrors:
    """Mirrors of a kernel with these names; a value that is an exception is raised by the look."""
    made = Mirrors(lambda *_: ({}, []), lambda *_: None)

    def look(names: Any) -> dict[str, Any]:
        return {name: known[name] for name in names if name in known}

    made.look = look  # type: ignore[method-assign]
    return made


def raising(error: BaseException) -> Any:
    def function(*_: Any) -> Any:
        raise error

    return function


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("assert add(1, 2) == 3", Finding()),
        ("", Finding()),
        ("# Claim: nothing.", Finding()),
        ("assert add(1, 2) == 4, 'no 4'", Finding("AssertionError", "no 4")),
        ("assert add(1, 2) == 4", Finding("AssertionError", "")),
        ("missing", Finding("NameError", "name 'missing' is not defined")),
        ("1 / 0", Finding("ZeroDivisionError", "division by zero")),
        ("raise ValueError('\\ud800')", Finding("ValueError", "?")),
        ("raise type('', (Exception,), {})", Finding("an exception without a name", "")),
        ("raise type(' ', (Exception,), {})", Finding("an exception without a name", "")),
    ],
)
def test_a_test_comes_to(source: str, finding: Finding) -> None:
    assert examine(source, mirrors(add=lambda a, b: a + b)) == finding


def test_a_cells_own_names_stay_its_own() -> None:
    student = mirrors(x=[1])
    assert examine("def mine():\n    return x\ny = mine()\nassert y == [1]", student) == Finding()
    assert examine("y", student).error == "NameError"


@pytest.mark.parametrize("error", [ClaimFailed("no"), DeclarationRefused("no")])
def test_a_check_that_says_no_is_a_finding(error: Exception) -> None:
    assert examine("f()", mirrors(f=raising(error))) == Finding(type(error).__name__, "no")


@pytest.mark.parametrize(
    "error", [SandboxError("no sandbox"), Ended(CellRun(End.LIMIT)), KeyboardInterrupt()]
)
def test_what_is_no_finding_passes_through(error: BaseException) -> None:
    careful = "try:\n    f()\nexcept Exception as error:\n    raise"
    with pytest.raises(type(error)):
        examine(careful, mirrors(f=raising(error)))


def test_prints_of_a_test_are_nobodys(capsys: pytest.CaptureFixture[str]) -> None:
    assert examine("print('secret')", mirrors()) == Finding()
    assert capsys.readouterr().out == ""
