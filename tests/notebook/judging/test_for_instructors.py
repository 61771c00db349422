from __future__ import annotations

from dataclasses import replace

from grader.examiner.cells.finding import Finding, FindingKind
from grader.notebook.judging.for_instructors import ended_in, fault
from tests.in_process import InProcess

FAULT = Finding(FindingKind.TEST_FAULT, "KeyError", "'b'", line=4, code="cases['b']")


def test_a_fault_is_told_with_its_line_and_a_next_step() -> None:
    said = "line 4, `cases['b']`: KeyError: 'b'"
    assert ended_in(FAULT) == said
    assert fault(FAULT) == f"{said}. Correct the test in the source notebook."
    package = Finding(
        FindingKind.TEST_FAULT, "ModuleNotFoundError", "no x", line=1, code="import x"
    )
    assert fault(package).endswith("Install the package in the environment that grades.")
    left = InProcess("def f(): return 1").tested(
        "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"
        '        assert f() == 1\nunittest.main(argv=[""])'
    )
    assert "exit=False).result.wasSuccessful()`." in fault(left)


def test_what_is_wrong_with_the_work_is_no_fault_of_the_test() -> None:
    refuted = Finding(FindingKind.REFUTED, "AssertionError", "no 8", line=2, code="assert f() == 8")
    assert ended_in(refuted) == "line 2, `assert f() == 8`: AssertionError: no 8"
    assert fault(refuted) == ""
    bare = replace(refuted, message="", came_to=("This does not hold: `f() == 8`", "`f()` is 7"))
    assert ended_in(bare) == "line 2, `assert f() == 8`: AssertionError; `f()` is 7"
    assert ended_in(Finding()) == fault(Finding()) == ""


def test_a_lost_message_is_a_fault_of_the_test() -> None:
    lost = Finding(
        FindingKind.REFUTED, "NameError", "", line=2, code="gott", lost_message="NameError: gott"
    )
    assert fault(lost).startswith("line 2, `gott`, in the message of an assert: NameError: gott. C")


def test_time_that_is_up_is_told_in_words() -> None:
    late = Finding(FindingKind.TEST_FAULT, "TimeUp", "it computed for 9 s", line=2, code="while 1:")
    assert fault(late) == "line 2, `while 1:`: it computed for 9 s. Let the test come to its end."
