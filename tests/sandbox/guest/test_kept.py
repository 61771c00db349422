"""A test that is asked later finds the names of its place, and those that functions there use."""

from __future__ import annotations

from typing import Any

import pytest

from grader.sandbox.guest.kept import KeptNames


@pytest.fixture
def space() -> dict[str, Any]:
    return {}


@pytest.fixture
def kept(space: dict[str, Any]) -> KeptNames:
    return KeptNames(lambda: space)


def run(space: dict[str, Any], cell: str) -> None:
    exec(cell, space)


HELPED = "rate = 2\ndef helper(x):\n    return rate * x\ndef double(x):\n    return helper(x)"


def test_a_function_finds_what_it_used_at_its_place(kept: KeptNames, space: dict[str, Any]) -> None:
    run(space, HELPED)
    kept.keep("first", ["double"])
    run(space, "rate = 7\ndef helper(x):\n    return 0\ndel double")
    double = kept.look("first", ["double"])["double"]
    with kept.in_place("call"):
        assert double(3) == 6
    assert space["rate"] == 7
    assert "double" not in space
    assert space["helper"](3) == 0


def test_a_place_that_was_not_kept_has_the_names_of_now(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    run(space, HELPED)
    kept.keep("first", ["rate"])
    run(space, "rate = 7")
    assert kept.look("", ["rate", "missing"]) == {"rate": 7}
    with kept.in_place("call"):
        assert space["double"](3) == 21


def test_a_name_that_is_defined_behind_the_place_is_not_there(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    kept.keep("first", ["late"])
    run(space, "late = 1")
    assert kept.look("first", ["late"]) == {}


def test_a_function_does_not_find_what_is_defined_behind_its_place(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    run(space, "def early(x):\n    return late * x")
    kept.keep("first", ["early"])
    run(space, "late = 1")
    early = kept.look("first", ["early"])["early"]
    with kept.in_place("call"), pytest.raises(NameError, match="late"):
        early(3)
    assert early(3) == 3


def test_an_image_set_of_the_place_is_found_as_it_is_now(
    kept: KeptNames, space: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.guest.kept._LARGE", 8)
    run(space, "import numpy as np\nimages = np.zeros(3)\ndef total():\n    return images.sum()")
    kept.keep("first", ["total"])
    run(space, "images = np.ones(3)")
    total = kept.look("first", ["total"])["total"]
    with kept.in_place("call"):
        assert total() == 3


def test_what_is_changed_later_is_as_it_was(kept: KeptNames, space: dict[str, Any]) -> None:
    run(space, "class Stack:\n    def __init__(self):\n        self.items = [1]")
    run(space, "import numpy as np\nstack, names, row = Stack(), ['b', 'a'], np.zeros(3)")
    kept.keep("first", ["stack", "names", "row", "Stack"])
    run(space, "stack.items.append(2)\nnames.sort()\nrow[0] = 1")
    found = kept.look("first", ["stack", "names", "row", "Stack"])
    assert (found["stack"].items, found["names"], found["row"].tolist()) == (
        [1],
        ["b", "a"],
        [0] * 3,
    )
    assert type(found["stack"]) is space["Stack"] is found["Stack"]


def test_two_names_of_one_object_stay_two_names(kept: KeptNames, space: dict[str, Any]) -> None:
    run(space, "a = b = [1]")
    kept.keep("first", ["a", "b"])
    found = kept.look("first", ["a", "b"])
    assert found["a"] is found["b"] is not space["a"]


@pytest.mark.parametrize(
    "cell",
    [
        "x = (n for n in range(3))",
        "x = lambda: 1",
        "import math\nx = math",
        "class Own:\n    def __deepcopy__(self, memo):\n        raise SystemError\nx = Own()",
    ],
)
def test_what_cannot_be_copied_is_kept_itself(
    kept: KeptNames, space: dict[str, Any], cell: str
) -> None:
    run(space, cell)
    kept.keep("first", ["x"])
    assert kept.look("first", ["x"])["x"] is space["x"]


def test_what_a_question_changes_counts_for_the_next_question_alone(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    run(space, "count = 0\ndef tick():\n    global count\n    count += 1\n    return count")
    kept.keep("first", ["tick"])
    run(space, "count = 50")
    tick = kept.look("first", ["tick"])["tick"]
    for expected in (1, 2):
        with kept.in_place("call"):
            assert tick() == expected
    assert space["count"] == 50


def test_a_name_that_a_question_defines_is_there_for_the_next_question_alone(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    run(
        space,
        "def start():\n    global seen\n    seen = 1\ndef forget():\n    global seen\n    del seen",
    )
    kept.keep("first", ["start", "forget"])
    kept.look("first", ["start"])
    with kept.in_place("call"):
        space["start"]()
    assert "seen" not in space
    with kept.in_place("call"):
        assert space["seen"] == 1
        space["forget"]()
    with kept.in_place("call"):
        assert "seen" not in space


def test_a_question_within_a_question_finds_what_that_one_changed(
    kept: KeptNames, space: dict[str, Any]
) -> None:
    run(space, "count = 0")
    kept.keep("first", ["count"])
    kept.look("first", ["count"])
    with kept.in_place("call"):
        run(space, "count = 1")
        with kept.in_place("operate"):
            assert space["count"] == 1
            run(space, "count = 2")
        assert space["count"] == 2
    assert space["count"] == 0


def test_names_come_back_after_an_error(kept: KeptNames, space: dict[str, Any]) -> None:
    run(space, "rate = 2")
    kept.keep("first", ["rate"])
    run(space, "rate = 7")
    kept.look("first", ["rate"])
    with pytest.raises(ZeroDivisionError), kept.in_place("call"):
        raise ZeroDivisionError
    assert space["rate"] == 7


@pytest.mark.parametrize("asked", ["keep", "look", "clock"])
def test_where_nothing_is_called_nothing_is_put_back(
    kept: KeptNames, space: dict[str, Any], asked: str
) -> None:
    run(space, "rate = 2")
    kept.keep("first", ["rate"])
    run(space, "rate = 7")
    kept.look("first", ["rate"])
    with kept.in_place(asked):
        assert space["rate"] == 7
