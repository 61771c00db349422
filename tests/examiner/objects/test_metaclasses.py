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


@pytest.mark.parametrize(
    "made",
    [
        "class Made: pass",
        "class Lies(type):\n    __class__ = property(lambda cls: Meta)\n"
        "class Made(metaclass=Lies): pass",
        "class Made:\n    __class__ = Meta",
    ],
    ids=["none", "said by a metaclass", "said by the class"],
)
def test_a_class_without_the_metaclass_fails(made: str) -> None:
    student = InProcess(f"class Meta(type): pass\n{made}")
    assert not student.tested("assert type(Made) is Meta").passed
