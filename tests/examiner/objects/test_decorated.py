"""Classes of a test's that the student's code decorates."""

from __future__ import annotations

import pytest

from grader.examiner.cells.finding import FindingKind
from tests.in_process import InProcess

STUDENT = """
def same(kind):
    return kind

def named(name):
    def decorator(kind):
        kind.label = name
        return kind
    return decorator

def comparable(kind):
    kind.__lt__ = lambda self, other: True
    return kind

def one_of(kind):
    return kind()
"""


@pytest.mark.parametrize(
    "test",
    [
        "@named('a')\nclass A:\n    pass\nassert A.label == 'a'",
        "@one_of\nclass A:\n    x = 3\nassert A.x == 3",
        "@same\nclass A:\n    def me(self):\n        return __class__\nassert A().me() is A",
        "@same\nclass A:\n    def __init__(self):\n        super().__init__()\n        self.x = 3\n"
        "assert A().x == 3",
        "@same\nclass A:\n    __slots__ = ('x',)\na = A()\na.x = 2\nassert a.x == 2",
        "@same\nclass A:\n    @property\n    def x(self):\n        return 4\nassert A().x == 4",
        "def own(kind):\n    kind.x = 5\n    return kind\n"
        "@own\nclass A:\n    pass\nassert A.x == 5",
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\nassert A(1) == A(1)",
    ],
    ids=["made", "object", "class", "super", "slots", "property", "own", "dataclass"],
)
def test_a_decorated_class_is_what_its_decorator_made_of_it(test: str) -> None:
    finding = InProcess(STUDENT).tested(test)
    assert finding.kind is FindingKind.PASSED, finding


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("import dataclasses\n@same\n@dataclasses.dataclass\nclass A:\n    x: int", "dataclass"),
        ("import abc\n@same\nclass A(abc.ABC):\n    pass", "metaclass"),
        ("class B:\n    pass\n@same\nclass A(B):\n    pass", "derives from B"),
    ],
    ids=["dataclass", "metaclass", "base"],
)
def test_what_cannot_be_decorated_there_is_a_fault_of_the_test(test: str, said: str) -> None:
    finding = InProcess(STUDENT).tested(test)
    assert finding.kind is FindingKind.TEST_FAULT
    assert said in finding.message


def test_what_a_decorator_compares_by_decides_nothing() -> None:
    test = "@comparable\nclass A:\n    pass\nassert A() < A()"
    finding = InProcess(STUDENT).tested(test)
    assert finding.kind is FindingKind.REFUTED
    assert finding.error == "Undecided"
