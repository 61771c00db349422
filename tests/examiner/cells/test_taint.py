"""Which names of a test cell rest on the student's work."""

from __future__ import annotations

import ast

import pytest

from grader.examiner.cells.taint import Taint


def tainted(source: str, expression: str) -> bool:
    tree = ast.parse(source)
    return Taint(tree, {"f", "Box"}).rests(ast.parse(expression))


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("a = f(1)", "a"),
        ("a = f(1)\nb = c = a + 1", "c[0]"),
        ("a, (b, *c) = f(1)", "c"),
        ("a = {}\na['x'] = f(1)", "a"),
        ("a = []\na.append(f(1))", "a[0]"),
        ("a: int = f(1)", "a"),
        ("if (a := f(1)):\n    pass", "a"),
        ("for a in f(1):\n    b = 1", "b"),
        ("with f(1) as a:\n    pass", "a"),
        ("with open('x') as a:\n    f(1)", "a"),
        ("if f(1):\n    a = 1", "a"),
        ("try:\n    f(1)\nexcept ValueError as a:\n    b = 1", "a, b"),
        ("a = [1]\nf(a)", "a"),
        ("a = [b for b in f(1)]", "b"),
        ("def g(x):\n    y = x\n    return y\ng(f(1))", "y"),
        ("def g():\n    return f(1)", "g()"),
        ("def g(x):\n    return x\nf(g)", "x"),
        ("class G:\n    a = f(1)", "G"),
        ("class G(Box):\n    a = 1", "G()"),
        ("@f\ndef g(x):\n    return 1", "g(1)"),
        ("@f\ndef g(x):\n    return x", "x"),
        ("box = Box()\nbox.items = b", "box.items"),
        ("import matplotlib.pyplot as plt", "plt.gcf()"),
        ("from matplotlib import pyplot", "pyplot.gcf()"),
        ("", "globals()['f']"),
        ("", "sys.stdout.getvalue()"),
        ("b = []\nsys.stdout = b", "b"),
    ],
)
def test_what_rests_on_the_work_is_tainted(source: str, expression: str) -> None:
    assert tainted(source, expression)


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("a = 1\nb = f(1)", "a"),
        ("expected = [1, 2]\nassert f(1) == expected", "expected[3]"),
        ("import numpy as np\nnp.testing.assert_equal(f(1), 2)", "np.array([1])"),
        ("def g(x):\n    return x\ng(1)\nassert f(2) == g(3)", "g(4)"),
        ("for a in [1]:\n    assert f(a) == 1", "len"),
        ("if 1:\n    a = 1\nf(2)", "a"),
        ("cases = {'a': 1}\nfor a in cases:\n    pass", "cases[a]"),
    ],
)
def test_what_the_test_made_is_not(source: str, expression: str) -> None:
    assert not tainted(source, expression)


def test_a_text_that_the_work_was_given_is_known_as_a_files_name() -> None:
    taint = Taint(ast.parse("f('a.txt', [x / 'b.txt'])\nopen('c.txt')"), {"f"})
    names = [taint.names_file(ast.parse(f"open({name!r})")) for name in ("a.txt", "b.txt", "c.txt")]
    assert names == [True, True, False]
