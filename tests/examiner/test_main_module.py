from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from grader.examiner import main_module
from grader.examiner.cells.finding import FindingKind
from tests.in_process import InProcess


def test_a_test_has_a_main_module_of_its_own_for_its_time() -> None:
    before = sys.modules["__main__"]
    test = "import __main__\nassert vars(__main__) is globals()"
    assert InProcess("x = 1").tested(test).passed
    assert sys.modules["__main__"] is before


def test_unittest_finds_the_cases_of_a_cell() -> None:
    test = """
    import unittest
    class TestX(unittest.TestCase):
        def test_x(self):
            self.assertEqual(x, 2)
    assert unittest.main(argv=[""], exit=False, verbosity=0).result.wasSuccessful()
    """
    assert InProcess("x = 2").tested(_cell(test)).passed
    assert InProcess("x = 3").tested(_cell(test)).kind is FindingKind.REFUTED


@pytest.mark.parametrize("test", ["import __main__\n__main__.f(1)", "from __main__ import f\nf(1)"])
def test_a_name_that_the_student_was_to_define_is_no_fault_of_the_test(test: str) -> None:
    kernel = InProcess("x = 1")
    assert kernel.tested(test).kind is FindingKind.NAME_UNDEFINED


def test_what_a_cell_binds_is_not_handed_over() -> None:
    """It may be what the test expects: a student's code could look for it."""
    kernel = InProcess("due = 0\ndef answer():\n    return due")
    assert kernel.tested("due = 7\nassert answer() == 0").passed
    assert kernel.tested("def due():\n    return 7\nassert answer() == 0").passed


def test_what_a_cell_replaces_is_there_for_its_time() -> None:
    kernel = InProcess("rate = 1\ndef answer():\n    return rate")
    assert kernel.tested("globals()['rate'] = 5\nassert answer() == 5").passed
    assert kernel.names["rate"] == 1
    assert kernel.tested("import __main__\n__main__.rate = 6\nassert answer() == 6").passed
    assert kernel.tested("assert answer() == 1").passed


def test_in_the_notebooks_own_kernel_its_names_are_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main: Any = ModuleType("__main__")
    main.x = 1
    monkeypatch.setitem(sys.modules, "__main__", main)
    with main_module.of_this_kernel("x = globals()['x'] + 1; y = 2", vars(main)) as module:
        assert module is main
        main.x, main.y = 2, 2
    assert main.x == 1
    assert not hasattr(main, "y")
    with main_module.of_this_kernel("x = x + 1", vars(main)) as module:
        assert module is not main


def test_a_class_of_the_students_is_no_import_of_the_courses() -> None:
    """What fails with it is the student's: its module is `__main__`, and so is the test's."""
    kernel = InProcess("class Level:\n    pass")
    found = kernel.tested("@Level()\ndef level():\n    return 1")
    assert found.kind in (FindingKind.STUMBLED, FindingKind.RAISED)


@pytest.mark.parametrize("test", ["assert f(1", "%matplotlib inline\nassert f(1)"])
def test_a_cell_that_is_no_python_is_a_fault_of_the_test(test: str) -> None:
    assert InProcess("def f(x):\n    return x").tested(test).kind is FindingKind.TEST_FAULT


def _cell(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.splitlines())
