"""A module that a student writes into a file is imported in their kernel, and is a handle here."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from grader.examiner import student_modules
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.examiner import examine
from grader.examiner.proxies import Proxies
from grader.sandbox.guest.handles import objects
from tests.in_process import InProcess
from tests.students import alone

NAME = "areas_of_a_student"
SOLUTION = f"%%writefile {NAME}.py\ndef area(width, height):\n    return width * height"
TEST = (
    f"from {NAME} import area\nimport {NAME} as areas\nassert area(2, 3) == areas.area(3, 2) == 6"
)


def finding_of(written: str | None, test: str, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What a test comes to; the kernel, which is in this process, has a module of this text."""

    def imported(name: str) -> Any:
        if written is None:
            raise ModuleNotFoundError(f"No module named {name!r}")
        module = types.ModuleType(name)
        exec(written, vars(module))
        return module

    monkeypatch.setitem(objects.OPERATIONS, "import", imported)
    kernel = InProcess()
    return examine(test, Proxies(kernel.ask, alone, kernel.trainings), promised=SOLUTION)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("def area(width, height): return width * height", FindingKind.PASSED),
        ("def area(width, height): return width + height", FindingKind.REFUTED),
        ("def are(width, height): return width * height", FindingKind.STUMBLED),
        ("def area(width, height): return width / 0", FindingKind.RAISED),
        (None, FindingKind.STUMBLED),
    ],
)
def test_a_test_imports_what_the_student_wrote(
    written: str | None, kind: FindingKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding_of(written, TEST, monkeypatch).kind is kind
    assert NAME not in sys.modules


def test_another_module_that_is_missing_is_the_tests_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = finding_of("", "import another_of_a_student", monkeypatch)
    assert (finding.kind, finding.error) == (FindingKind.TEST_FAULT, "ModuleNotFoundError")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("%%writefile shapes.py\nx = 1", {"shapes"}),
        ("%%file -a ./shapes.py\nx = 1", {"shapes"}),
        ("%%writefile table.csv\na,b", set()),
        ("x = '%%writefile shapes.py'", set()),
    ],
)
def test_a_module_is_promised_by_the_magic_of_a_solution(text: str, names: set[str]) -> None:
    assert student_modules.promised(text) == names
