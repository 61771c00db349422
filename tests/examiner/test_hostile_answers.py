"""Answers, objects and changes by which a student's code pretends; each with an honest twin.

The agent is the real one, in this process; a student who replaces it can send no more than data and
handles, which ``tests/sandbox/guest`` and ``tests/examiner/objects`` try one by one.
"""

from __future__ import annotations

import pytest

from tests.in_process import InProcess

# A number, a text, a list and an object that say yes to everything, of the class ``Answer``.
NUMBER = """
class Answer(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return hash(9)
    def __lt__(self, other): return True
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __bool__(self): return True
    def __str__(self): return "9"
def answer(): return Answer(3)
"""
TEXT = """
class Answer(str):
    def __eq__(self, other): return True
    def __hash__(self): return hash("yes")
    def __len__(self): return 3
    def __format__(self, how): return "yes"
def answer(): return Answer("no")
"""
ROWS = """
class Answer(list):
    def __eq__(self, other): return True
    def __bool__(self): return True
def answer(): return Answer([9])
"""
OBJECT = """
class Answer:
    __class__ = int
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __call__(self, *given, **named): return self
    def __iter__(self): return iter([])
    def __bool__(self): return True
    def __lt__(self, other): return True
    def __sub__(self, other): return 0
    def __rsub__(self, other): return 0
    def __abs__(self): return 0
def answer(): return Answer()
"""
LATER = """
class Stats:
    def __init__(self, data): self.data = data
    def mean(self):
        self.data[:] = [0]
        return 0
    def same(self): return self.data
"""
META = """
class Meta(type):
    def __instancecheck__(cls, value): return True
    def __subclasscheck__(cls, kind): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(int)
class Circle(metaclass=Meta):
    pass
def answer(): return 3
"""
NAMED = """
class Circle:
    __module__, __qualname__ = "collections.abc", "Sequence"
Circle.__name__ = "Sequence"
def answer(): return Circle()
"""
LIES = """
class Lies(Exception):
    def __str__(self): return "negative"
    __class__ = ValueError
def answer(): raise Lies
"""
ERROR = """
class Error(TypeError): pass
def answer(): raise ExceptionGroup("x", [Error("negative")])
"""
MAKES = """
class Base:
    def __init_subclass__(cls):
        cls.area = lambda self: 9
    def describe(self): return self.area()
"""

NINE = "def answer(): return 9"
DERIVED = """
class Square(Base):
    def area(self): return 4
assert Square().describe() == 4
"""

# test: what pretends, and an honest twin
PAIRS = [
    ("assert answer() == 9", NUMBER, NINE),
    ("assert 9 == answer()", OBJECT, NINE),
    ("assert not (answer() != 9)", NUMBER, NINE),
    ("assert answer() in [9, 10]", NUMBER, NINE),
    ("assert answer() in {9, 10}", NUMBER, NINE),
    ("assert answer() < 10 and answer() > 8", NUMBER, NINE),
    ("assert abs(answer() - 9) < 1e-9", NUMBER, NINE),
    ("assert abs(9 - answer()) < 1e-9", OBJECT, NINE),
    ("import math\nassert math.isclose(answer(), 9)", NUMBER, NINE),
    ("import pytest\nassert answer() == pytest.approx(9)", OBJECT, NINE),
    ("import numpy as np\nnp.testing.assert_allclose(answer(), 9)", NUMBER, NINE),
    ("import unittest\nunittest.TestCase().assertEqual(answer(), 9)", OBJECT, NINE),
    ("match answer():\n    case 9: pass\n    case _: raise AssertionError", OBJECT, NINE),
    ("assert answer()", OBJECT, NINE),
    ('assert answer() == "yes"', TEXT, 'def answer(): return "yes"'),
    ('assert {"yes": 1}.get(answer()) == 1', TEXT, 'def answer(): return "yes"'),
    ("assert answer() == [1, 2]", ROWS, "def answer(): return [1, 2]"),
    ("assert answer() == [1, 2]", ROWS, "class L(list): pass\ndef answer(): return L([1, 2])"),
    ("assert isinstance(answer(), Circle)", META, "class Circle: pass\nanswer = Circle"),
    ("assert issubclass(int, Circle)", META, "Circle = int"),
    ("assert len(answer()) == 0", NAMED, "def answer(): return []"),
    (
        "data = [1, 2, 3]\nstats = Stats(data)\nassert stats.mean() == sum(data) / len(data)",
        LATER,
        LATER.replace("self.data[:] = [0]", "").replace("return 0", "return 2"),
    ),
    (
        "data = [1, 2, 3]\nstats = Stats(data)\nstats.mean()\nassert stats.same() == data",
        LATER,
        LATER.replace("self.data[:] = [0]", ""),
    ),
    (
        "import pytest\nwith pytest.raises(ValueError, match='negative'):\n    answer()",
        LIES,
        "def answer(): raise ValueError('negative')",
    ),
    (
        "import pytest\nwith pytest.raises(TypeError, match='negative'):\n    answer()",
        ERROR,
        ERROR.replace('ExceptionGroup("x", [Error("negative")])', 'Error("negative")'),
    ),
    (DERIVED, MAKES, "class Base:\n    def describe(self): return self.area()"),
]


@pytest.mark.parametrize(("test", "hostile", "honest"), PAIRS)
def test_what_pretends_fails_and_what_is_honest_passes(
    test: str, hostile: str, honest: str
) -> None:
    assert not InProcess(hostile).tested(test).passed
    finding = InProcess(honest).tested(test)
    assert finding.passed, finding
