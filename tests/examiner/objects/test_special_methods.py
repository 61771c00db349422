from __future__ import annotations

import pytest

from grader.examiner.cells.finding import Finding, FindingKind
from tests.in_process import InProcess

KERNEL = InProcess(
    """
import contextlib
class Always:
    seen = []
    def yes(self, *given, **named):
        Always.seen.append(given)
        return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = yes
    def me(self, *given, **named):
        Always.seen.append(given)
        return self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __abs__ = __neg__ = __round__ = me
    __array_ufunc__ = __array_function__ = yes
    def __hash__(self): return hash(5)
    def __getattr__(self, name): return self
    def __call__(self, *given, **named): return True
    def __float__(self): return 4.0
class IntAlways(int):
    __hash__ = int.__hash__
    def __eq__(self, other): return True
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __iadd__(self, other):
        self.x += other.x
        return self
    def __matmul__(self, other): return self.x * other.x + self.y * other.y
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    def __neg__(self): return Vector(-self.x, -self.y)
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
    def __hash__(self): return hash((self.x, self.y))
class Forgets:
    def __enter__(self): return self
    def __exit__(self, *error): return True
    def fails(self): raise ValueError("x")
    def nothing(self): return []
class Notes:
    def __enter__(self): return 9
    def __exit__(self, kind, error, trace): self.seen = kind and (kind.__name__, str(error))
@contextlib.contextmanager
def managed(): yield 5
def always(): return Always()
def int_always(): return IntAlways(7)
"""
)


@pytest.mark.parametrize(
    "test",
    [
        "v = Vector(1, 2) + Vector(3, 4); assert (v.x, v.y) == (4, 6)",
        "v = w = Vector(1, 2); v += Vector(3, 4); assert v is w and w.x == 4",
        "assert Vector(1, 2) @ Vector(3, 4) == 11 and (-Vector(1, 2)).x == -1",
        "with managed() as five:\n    assert five == 5",
        "with Forgets():\n    raise ValueError('the test raises it')",
        "n = Notes()\nwith n as nine:\n    assert nine == 9\nassert n.seen is None",
        "n = Notes()\ntry:\n    with n:\n        raise KeyError('a')\nexcept KeyError:\n    pass\n"
        "assert n.seen == ('KeyError', \"'a'\") or n.seen[0] == 'KeyError'",
        "n = Notes()\ntry:\n    with n:\n        assert 1 == 2, 'secret'\nexcept AssertionError:\n"
        "    pass\nassert n.seen == ('AssertionError', '')",
        "from contextlib import ExitStack\nwith ExitStack() as stack:\n"
        "    assert stack.enter_context(managed()) == 5",
        "import numpy as np\nassert not (np.zeros(2) == always())",
    ],
)
def test_asked_of_the_student(test: str) -> None:
    assert KERNEL.tested(test) == Finding()


NEVER = [
    "assert always() == 5",
    "assert 5 == always()",
    "assert not always() != 5",
    "assert [always()] == [5] or {'a': always()} == {'a': 5}",
    "assert always() in [5] or {always(): 1}[5]",
    "assert always() >= 5",
    "assert abs(always() - 5) < 1e-9",
    "assert 5 - always() < 1e-9",
    "assert bool(always())",
    "assert int_always() == 5",
    "assert always() == int_always()",
    "assert Vector(1, 2) == Vector(1, 2)",
    "assert len({Vector(1, 2), Vector(1, 2)}) == 1",
    "Vector(1, 2) * 3",
    "from fractions import Fraction\nassert always() == Fraction(5)",
    "from collections import Counter\nassert always() == Counter('a')",
    "import math\nassert math.isclose(always(), 5)",
    "import pytest\nassert always() == pytest.approx(5)",
    "import unittest\nunittest.TestCase().assertEqual(always(), 5)",
    "import unittest\nunittest.TestCase().assertAlmostEqual(always(), 5)",
    "import numpy as np\nnp.testing.assert_array_equal(always(), np.array([1.0]))",
    "import numpy as np\nassert np.allclose(always(), 5)",
    "import numpy as np\nassert np.all(np.array([5]) == always())",
    "import numpy as np\nassert np.equal(always(), 5)",
    "with Forgets():\n    assert 1 == 2",
    "with Forgets() as it:\n    it.fails()\n    assert 1 == 2",
    "with Forgets() as it:\n    it.nothing()[0]",
    "from contextlib import ExitStack\nwith ExitStack() as stack:\n"
    "    stack.enter_context(Forgets())\n    assert 1 == 2",
]


@pytest.mark.parametrize("test", NEVER)
def test_no_method_of_the_students_is_the_verdict(test: str) -> None:
    finding = KERNEL.tested(test)
    assert not finding.passed
    assert finding.kind is not FindingKind.TEST_FAULT


def test_no_expected_value_reaches_a_method_that_nobody_called() -> None:
    for test in NEVER:
        KERNEL.tested(test)
    assert KERNEL.has("Always").seen == []


def test_what_is_refused_says_how_a_test_asks_for_it() -> None:
    finding = KERNEL.tested("assert Vector(1, 2) == Vector(1, 2)")
    assert finding.kind is FindingKind.REFUTED
    assert "an object of the class Vector" in finding.message
    assert "operate(operator.eq, ...)" in finding.message


def test_a_lookup_among_equal_hashes_says_how_a_test_asks_for_it() -> None:
    student = InProcess(
        "class P:\n    def __init__(self, x): self.x = x\n"
        "    def __eq__(self, other): return self.x == other.x\n"
        "    def __hash__(self): return hash(self.x)\nknown = {P(1): 'a'}"
    )
    finding = student.tested("assert known[P(1)] == 'a'")
    assert "operate(operator.getitem, ...)" in finding.message
    test = "import operator\nfrom grader.checks.objects import operate\n"
    test += "assert operate(operator.getitem, known, P(1)) == 'a'\n"
    test += "assert operate(len, operate(set, [P(1), P(1), P(2)])) == 2"
    assert student.tested(test).passed
