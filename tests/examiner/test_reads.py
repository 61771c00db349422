from __future__ import annotations

import pytest

from grader.examiner.reads import reads, stores_into


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\nprint(x)", set()),
        ("print(x)\nx = 1", {"x"}),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("figure, axes = plt.subplots()\naxes[0].plot()", {"plt"}),
        ("for i in range(3):\n    y = i\n    print(y)", set()),
        ("for i in items:\n    y = i\nprint(y)", {"items", "y"}),  # items may be empty
        ("if a:\n    y = 1\nelse:\n    y = 2\nprint(y)", {"a"}),
        ("if a:\n    y = 1\nprint(y)", {"a", "y"}),
        ("while n:\n    n = n - 1", {"n"}),
        ("with open(p) as f:\n    t = f.read()\nprint(t)", {"p"}),
        ("try:\n    import fast\nexcept ImportError:\n    fast = slow\nprint(fast)", {"slow"}),
        ("try:\n    f()\nexcept OSError as e:\n    print(e)\nfinally:\n    g()", {"f", "g"}),
        ("def f(n):\n    return f(n - 1) + learned", {"learned"}),
        ("def f():\n    return late\nlate = 1", {"late"}),  # a call may come before
        ("class C(Base):\n    size = width", {"Base", "width"}),
        ("[k * scale for k in kernels]", {"scale", "kernels"}),
        ("print(f'{value:{width}}')", {"value", "width"}),
        ("del x", {"x"}),
        ("match point:\n    case (a, b):\n        print(a)", {"point", "a"}),
        ("from math import pi\npi.real", set()),
    ],
)
def test_names_that_are_read_before_they_are_bound(source: str, expected: set[str]) -> None:
    assert reads(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", set()),
        ("x[0] = 1", {"x"}),
        ("x.a.b[0].c = 1", {"x"}),
        ("x[0] += 1\ndel y[1]", {"x", "y"}),
        ("print(x[0], x.a)", set()),
        ("make()[0] = 1", set()),
    ],
)
def test_names_whose_values_are_changed(source: str, expected: set[str]) -> None:
    assert stores_into(source) == expected
