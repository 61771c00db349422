from __future__ import annotations

import asyncio
from typing import Any

import pytest

from grader.errors import ClaimFailed, DeclarationRefused, SandboxError
from grader.examiner.cells.finding import Finding
from grader.examiner.cells.finding import FindingKind as Kind
from grader.examiner.examiner import examine
from grader.examiner.objects.exceptions import StudentRaised
from grader.examiner.proxies import Proxies
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.sandbox.guest.data.counted import Unsendable

NAMELESS = "an exception without a name"
UNDEFINED = "name 'missing' is not defined"


def proxies(**known: Any) -> Proxies:
    """Proxies of a kernel with these names; a value that is an exception is raised by the look."""
    made = Proxies(lambda *_: ({}, []), lambda *_: None)

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
        ("assert add(1, 2) == 4, 'no 4'", Finding(Kind.REFUTED, "AssertionError", "no 4")),
        ("assert add(1, 2) == 4", Finding(Kind.REFUTED, "AssertionError", "")),
        (
            "missing",
            Finding(Kind.NAME_UNDEFINED, "NameError", UNDEFINED),
        ),
        ("1 / 0", Finding(Kind.TEST_FAULT, "ZeroDivisionError", "division by zero")),
        ("raise ValueError('\\ud800')", Finding(Kind.TEST_FAULT, "ValueError", "?")),
        (
            "raise type('', (Exception,), {})",
            Finding(Kind.TEST_FAULT, NAMELESS, ""),
        ),
        (
            "raise type(' ', (Exception,), {})",
            Finding(Kind.TEST_FAULT, NAMELESS, ""),
        ),
    ],
)
def test_a_test_comes_to(source: str, finding: Finding) -> None:
    assert examine(source, proxies(add=lambda a, b: a + b)) == finding


def test_a_cells_own_names_stay_its_own() -> None:
    student = proxies(x=[1])
    assert examine("def mine():\n    return x\ny = mine()\nassert y == [1]", student) == Finding()
    assert examine("y", student).error == "NameError"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ClaimFailed("no"), Kind.REFUTED),
        (DeclarationRefused("no"), Kind.RAISED),
        (NotImplementedError("no"), Kind.NOT_IMPLEMENTED),
        (UnboundLocalError("no"), Kind.RAISED),
    ],
)
def test_what_a_test_raises_is_a_finding(error: Exception, kind: Kind) -> None:
    quoted = "no" if kind is Kind.RAISED else None
    expected = Finding(kind, type(error).__name__, "no", quoted=quoted)
    assert examine("f()", proxies(f=raising(error))) == expected


@pytest.mark.parametrize(
    ("name", "kind"), [("OutputLimit", Kind.OUTPUT_LIMIT), ("Mine", Kind.RAISED)]
)
def test_an_exception_of_the_students_is_a_finding(name: str, kind: Kind) -> None:
    error = StudentRaised(name, "no")
    quoted = "no" if kind is Kind.RAISED else None
    assert examine("f()", proxies(f=raising(error))) == Finding(kind, name, "no", quoted=quoted)


@pytest.mark.parametrize(
    "error", [SandboxError("no sandbox"), Ended(CellRun(CellStatus.LIMIT)), KeyboardInterrupt()]
)
def test_what_is_no_finding_passes_through(error: BaseException) -> None:
    careful = "try:\n    f()\nexcept Exception as error:\n    raise"
    with pytest.raises(type(error)):
        examine(careful, proxies(f=raising(error)))


def test_a_package_that_a_test_misses_is_no_finding_about_the_work() -> None:
    finding = examine("import not_installed", proxies())
    assert finding.kind is Kind.TEST_FAULT
    assert (finding.line, finding.code) == (1, "import not_installed")


def test_what_is_too_large_to_hand_over_is_the_tests_own_fault() -> None:
    student = proxies(f=raising(Unsendable("an array of 640000000 bytes; at most 536870912")))
    finding = examine("f()", student)
    assert finding.kind is Kind.TEST_FAULT
    assert finding.message.startswith("an array of 640000000 bytes")


def test_a_package_that_the_students_code_misses_is_a_finding() -> None:
    student = proxies(f=raising(ModuleNotFoundError("No module named 'x'", name="x")))
    assert examine("f()", student).error == "ModuleNotFoundError"


def test_prints_of_a_test_are_nobodys(capsys: pytest.CaptureFixture[str]) -> None:
    assert examine("print('secret')", proxies()) == Finding()
    assert capsys.readouterr().out == ""


def test_a_cell_may_await_as_in_a_notebook() -> None:
    async def double(value: int) -> int:
        return 2 * value

    student = proxies(double=double)
    assert examine("assert await double(2) == 4", student) == Finding()
    gathered = "import asyncio\nassert await asyncio.gather(double(1), double(2)) == [2, 4]"
    assert examine(gathered, student) == Finding()
    assert examine("assert await double(2) == 5, 'no 5'", student).message == "no 5"


def test_a_cell_may_await_where_a_loop_runs_already() -> None:
    async def answer() -> int:
        return 2

    async def notebook() -> Finding:
        return examine("assert await answer() == 2", proxies(answer=answer))

    assert asyncio.run(notebook()) == Finding()


def test_a_cell_is_compiled_as_in_a_notebook() -> None:
    assert examine("def f(a: int): ...\nassert f.__annotations__['a'] is int", proxies()).passed
