"""``type(value)`` and ``operator.length_hint(value)`` in a test cell."""

from __future__ import annotations

import pytest

from grader.examiner.examiner import Finding
from tests.in_process import InProcess

WORK = """
import abc, enum
class Meta(type): pass
class Made(metaclass=Meta): pass
class Plain: pass
class Shape(abc.ABC): pass
class Colour(enum.Enum):
    RED = 1
class Steps:
    def __length_hint__(self): return 7
"""

TESTS = {
    "own metaclass": "assert type(Made) is Meta and type(Meta) is type and type(Plain) is type",
    "abstract": "import abc\nassert type(Shape) is abc.ABCMeta",
    "enumeration": "import enum\nassert type(Colour) is enum.EnumType",
    "length hint": "import operator\nassert operator.length_hint(Steps()) == 7\n"
    "assert operator.length_hint([1]) == 1 and operator.length_hint(Made(), 3) == 3",
    "instances": "assert type(Made()) is Made and type(3) is int and type(Plain()) is not Made",
    "in a function": "def check(value): return type(value)\nassert check(Made) is Meta",
    "three arguments": "Other = type('Other', (), {})\nassert isinstance(Other, type)",
    "a name of the test's": "type = len\nassert type('ab') == 2",
}


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_it_is_what_it_is_in_a_notebook(test: str) -> None:
    student = InProcess(WORK)
    exec(test, dict(student.names))
    assert student.tested(test) == Finding()


def test_a_class_without_the_metaclass_fails() -> None:
    student = InProcess("class Meta(type): pass\nclass Made: pass")
    assert not student.tested("assert type(Made) is Meta").passed
