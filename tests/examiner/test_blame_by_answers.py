"""Whose fault an error is where a kernel answers questions, and where a test's time is up."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from grader.examiner.cells.finding import Finding
from grader.examiner.cells.finding import FindingKind as Kind
from grader.examiner.examiner import TimeUp, examine
from grader.examiner.objects.exceptions import StudentRaised
from grader.examiner.proxies import Proxies
from grader.sandbox.guest.data.counted import Malformed
from tests.in_process import InProcess


def _proxies(answer: dict[str, Any]) -> Proxies:
    """Proxies of a kernel that has a function ``f``, and answers so to each call."""

    def ask(question: dict[str, Any], _: Any) -> Any:
        if question["do"] != "look":
            return answer, []
        handle = {"handle": 0, "type": "function", "callable": True}
        return {"value": {"dict": [["f", handle]]}}, []

    return Proxies(ask, lambda *_: None)


@pytest.mark.parametrize(
    ("source", "answer", "kind"),
    [
        ("f()[0]", {"value": {"list": []}}, Kind.STUMBLED),
        ("f()", {"error": "IndexError", "message": "no", "line": "line 2, `x`"}, Kind.RAISED),
        ("f()", {"error": "TypeError", "message": "f() takes 1"}, Kind.RAISED),
        ("f()", {"error": "Mine", "message": "no"}, Kind.RAISED),
        ("f()", {"error": "OutputLimit", "message": "no"}, Kind.OUTPUT_LIMIT),
        ("f()", {"value": {"list": "no list"}}, Kind.RAISED),
        ("import threading\nf(threading.Lock())", {"value": {"int": 1}}, Kind.TEST_FAULT),
        ("import sys\nf([sys._getframe()])", {"value": {"int": 1}}, Kind.TEST_FAULT),
    ],
)
def test_a_question_is_blamed_by_its_answer(source: str, answer: Any, kind: Kind) -> None:
    assert examine(source, _proxies(answer)).kind is kind


@pytest.mark.parametrize(
    ("write", "made", "kind"),
    [
        ("", "open('/dev/null', 'w')", Kind.STUMBLED),
        ("class File:\n    def write(self, text): text + ''\n", "File()", Kind.RAISED),
    ],
    ids=["Python's own", "theirs"],
)
def test_a_file_that_a_student_gave_is_blamed_for_its_own_code_alone(
    write: str, made: str, kind: Kind
) -> None:
    student = InProcess(f"{write}def opened(): return {made}")
    finding = student.tested("file = opened()\nfor part in [1, 2]:\n    file.write(part)")
    assert (finding.kind, finding.error) == (kind, "TypeError")


def test_what_the_kernel_cannot_be_given_is_named_with_its_type() -> None:
    finding = examine("import threading\nf(threading.Lock())", _proxies({}))
    assert "an object of the type lock cannot be handed" in finding.message


def test_names_that_cannot_be_looked_up_are_no_fault_of_the_test() -> None:
    proxies = Proxies(lambda *_: ({"value": {"int": 1}}, []), lambda *_: None)
    finding = examine("f()", proxies)
    assert (finding.kind, finding.error) == (Kind.RAISED, Malformed.__name__)


def _ringing(**known: Any) -> Any:
    """A kernel with a name ``ring`` by which the test's time ends."""

    class Kernel:
        def look(self, names: list[str]) -> dict[str, Any]:
            def ring() -> None:
                raise TimeUp("it computed for 9 s")

            known["ring"] = ring
            return {name: known[name] for name in names if name in known}

    return Kernel()


def test_a_test_that_computes_without_an_end_has_a_fault() -> None:
    loop = "def spin():\n    while True:\n        {}\nspin()"
    kernel = _ringing()
    hidden = kernel.look(["ring"])["ring"]
    sys.modules["ringing_for_tests"] = type(sys)("ringing_for_tests")
    sys.modules["ringing_for_tests"].__dict__["ring"] = hidden
    try:
        source = f"import ringing_for_tests\n{loop.format('ringing_for_tests.ring()')}"
        finding = examine(source, kernel)
    finally:
        del sys.modules["ringing_for_tests"]
    assert (finding.kind, finding.message) == (Kind.TEST_FAULT, "it computed for 9 s")


def test_a_loop_over_an_answer_is_the_students() -> None:
    with pytest.raises(TimeUp):
        examine("while got != 3:\n    ring()", _ringing(got=4))


def test_an_exception_of_the_students_own_keeps_its_name() -> None:
    def function() -> None:
        raise StudentRaised("Mine", "no")

    class Kernel:
        def look(self, _: list[str]) -> dict[str, Any]:
            return {"f": function}

    assert examine("f()", Kernel()) == Finding(Kind.RAISED, "Mine", "no", quoted="no")
