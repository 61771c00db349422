"""Classes of a test's that derive from a student's, and what ``super()`` is in their methods."""

from __future__ import annotations

import pytest

from grader.examiner.cells.finding import FindingKind
from tests.in_process import InProcess

STUDENT = """
class Plain:
    pass

class Row(list):
    pass

class Table(dict):
    def __getitem__(self, key):
        return key

class Adds:
    def __call__(self, n):
        return n + 1

def same(kind):
    return kind
"""


@pytest.mark.parametrize(
    "test",
    [
        "class A(Plain):\n    def __init__(self):\n        super().__init__()\n        self.x = 1\n"
        "assert A().x == 1",
        "@same\nclass A:\n    def __init__(self):\n        super().__init__()\n        self.x = 1\n"
        "assert A().x == 1",
        "class A(Row):\n    def __init__(self, *items):\n        super().__init__(items)\n"
        "assert len(A(1, 2)) == 2",
        "class A(Row):\n    def __len__(self):\n        return super().__len__() + 1\n"
        "assert len(A()) == 1",
        "class A(Table):\n    def __setitem__(self, key, value):\n"
        "        super().__setitem__(key, value)\n        self.last = key\n"
        "a = A()\na['x'] = 1\nassert a.last == 'x'",
        "class A(Table):\n    def __getitem__(self, key):\n"
        "        return super().__getitem__(key) + '!'\nassert A()['x'] == 'x!'",
        "class A(Adds):\n    def __call__(self, n):\n        return 2 * super().__call__(n)\n"
        "assert A()(1) == 4",
    ],
    ids=["init", "decorated", "list", "len", "setitem", "getitem", "call"],
)
def test_super_asks_the_class_that_a_tests_class_derives_from(test: str) -> None:
    finding = InProcess(STUDENT).tested(test)
    assert finding.kind is FindingKind.PASSED, finding


def test_super_does_not_let_a_students_method_compare() -> None:
    student = "class Equal:\n    def __eq__(self, other):\n        return True\n"
    test = "class A(Equal):\n    def same(self):\n        return super().__eq__(3) is True\n"
    assert InProcess(student).tested(f"{test}assert A().same()").kind is FindingKind.REFUTED
