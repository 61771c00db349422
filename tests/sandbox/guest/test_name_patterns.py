from __future__ import annotations

import pytest

from grader.sandbox.guest.name_patterns import picked


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        (["a", "b"], ["b", "c"], ["b"]),
        (["q1", "q2", "p1"], ["q*"], ["q1", "q2"]),
        (["q1", "q1"], ["q*", "q1"], ["q1"]),
        (["_i1", "int", "i1"], ["i*", "_*"], ["i1"]),
        (["len"], ["len"], ["len"]),
        (["q[1]", "Q1"], ["q*[1]"], []),
    ],
)
def test_names_are_picked(names: list[str], wanted: list[str], expected: list[str]) -> None:
    assert picked(names, wanted) == expected
