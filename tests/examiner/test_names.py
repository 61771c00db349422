from __future__ import annotations

import pytest

from grader.examiner import names


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1", {"a"}),
        ("import numpy as np", {"np"}),
        ("def f(x):\n    y = x", {"f"}),
        ("class C:\n    z = 1", {"C"}),
        ("for i in range(3):\n    pass", {"i"}),
        ("(a, b), c = x", {"a", "b", "c"}),
        ("print(a)", set()),
    ],
)
def test_bound_names_are_those_of_the_top_level(source: str, expected: set[str]) -> None:
    assert names.bound(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b", {"a", "b"}),
        ("a = 1\na + b", {"b"}),
        ("def f(x):\n    return x + y", {"y"}),
        ("class C(Base):\n    def g(self):\n        return helper(self)", {"Base", "helper"}),
        ("[z * k for z in numbers]", {"k", "numbers"}),
        ("print(len([]))", set()),
    ],
)
def test_free_names_are_read_from_the_surroundings(source: str, expected: set[str]) -> None:
    assert names.free(source) == expected


@pytest.mark.parametrize(
    ("source", "is_python"), [("x = 1", True), ("x = ", False), ("%ls", False)]
)
def test_a_cell_that_is_no_python_is_told_apart(source: str, is_python: bool) -> None:
    assert names.is_python(source) is is_python
