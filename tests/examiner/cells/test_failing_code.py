"""Where in a test cell an error arose."""

from __future__ import annotations

import ast

import pytest

from grader.examiner.cells.cell_code import compiled
from grader.examiner.cells.failing_code import Cell, basis, conditions


@pytest.mark.parametrize(
    ("source", "code", "rests_on"),
    [
        ("assert rows[0] == 1", "rows[0]", ["rows[0]"]),
        ("a, b = rows", "a, b = rows", ["rows"]),
        ("for a, b in [1]:\n    pass", "for a, b in [1]:", ["[1]"]),
        ("for a in 1:\n    pass", "for a in 1:", ["1"]),
        ("with rows as a:\n    pass", "with rows as a:", ["rows as a"]),
        ("x = [a for a, b in [1]]", "[a for a, b in [1]]", ["[1]"]),
        ("rows[0] = 1 / 1", "rows[0] = 1 / 1", ["1 / 1", "rows[0]"]),
        ("rows += 1", "rows += 1", ["1", "rows"]),
        ("del rows[0]", "rows[0]", ["rows[0]"]),
        ("print(\n    rows[\n        0\n    ]\n)", "rows[ 0 ]", ["rows[0]"]),
        ("assert odd, 'message'", "assert odd", ["odd"]),
        ("if odd:\n    pass", "if odd:", ["odd"]),
        ("match 1:\n    case odd.kind:\n        pass", "odd.kind", ["odd.kind"]),
        ("import nowhere_at_all", "import nowhere_at_all", []),
        ("raise ValueError(1)", "raise ValueError(1)", ["raise ValueError(1)"]),
        ("('é', rows[0])", "rows[0]", ["rows[0]"]),
        ("def f(x=1 / 0): ...", "1 / 0", ["1 / 0"]),
    ],
)
def test_the_failing_code_is_found_with_what_it_rests_on(
    source: str, code: str, rests_on: list[str]
) -> None:
    cell = Cell(source)
    node = cell.node_at(_trace(source))
    assert node is not None
    assert cell.text(node) == code
    assert [ast.unparse(each) for each in basis(cell, node) if each is not None] == rests_on


def test_a_message_of_an_assert_is_told_from_its_test() -> None:
    for source, inside in (("assert 0, 1 / 0", True), ("assert 1 / 0, 2", False)):
        cell = Cell(source)
        node = cell.node_at(_trace(source))
        assert node is not None
        assert cell.in_message(node) is inside


def test_what_decides_over_a_place_is_every_condition_around_it() -> None:
    source = "for a in [1]:\n    while a:\n        if a == 1:\n            1 / 0"
    cell = Cell(source)
    node = cell.node_at(_trace(source))
    assert node is not None
    assert [ast.unparse(each) for each in conditions(cell, node)] == ["a == 1", "a", "[1]"]


def _trace(source: str):  # type: ignore[no-untyped-def]
    class Odd:
        def __bool__(self) -> bool:
            raise ValueError

    try:
        exec(compiled(source), {"rows": (), "odd": Odd()})
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            if trace.tb_frame.f_code.co_filename == "<test>":
                break
            trace = trace.tb_next
        while trace and trace.tb_next and trace.tb_next.tb_frame.f_code.co_filename == "<test>":
            trace = trace.tb_next
        return trace
    raise AssertionError("it raised nothing")
