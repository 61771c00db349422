"""Which values are held by others than those that note them."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.sandbox.guest.data.changeable import mark_of
from grader.sandbox.guest.data.held import held, is_held_still


def test_what_nobody_holds_is_not_held() -> None:
    assert held({0: [], 2: {}, 4: np.zeros(3), 6: {1}}, []).numbers == []


def test_what_a_name_a_list_or_a_view_holds_is_held() -> None:
    values: dict[int, Any] = {0: [1], 2: {"a": 1}, 4: np.zeros(3), 6: [2]}
    name, holder, view = values[0], [values[2]], values[4][1:]
    assert held(values, []).numbers == [0, 2, 4]
    del name, holder, view
    assert held(values, []).numbers == []


def test_parts_and_marks_of_values_do_not_hold_them() -> None:
    inner: list[int] = []
    values: dict[int, Any] = {0: [inner, {"a": inner}], 2: inner}
    values[4] = values[0][1]
    marks = [mark_of(value) for value in values.values()]
    del inner
    assert held(values, marks).numbers == []


def test_what_is_part_of_a_held_value_is_held() -> None:
    values: dict[int, Any] = {0: [[1]]}
    values[2] = values[0][0]
    outer = values[0]
    assert held(values, []).numbers == [0, 2]
    del outer
    inner = values[2]
    assert held(values, []).numbers == [2]
    del inner


def test_a_cycle_that_nobody_holds_is_not_held() -> None:
    values: dict[int, Any] = {0: [], 2: []}
    values[0].append(values[2])
    values[2].append(values[0])
    assert held(values, []).numbers == []


def test_values_are_held_still_until_one_of_them_is_let_go() -> None:
    values: dict[int, Any] = {0: [1], 2: [[2]]}
    values[4] = values[2][0]
    name, outer = values[0], values[2]
    found = held(values, [])
    assert found.numbers == [0, 2, 4]
    assert is_held_still(values, found.least)
    passing = values[4]
    del outer  # what was part of it is held by a name, but it is not
    assert not is_held_still(values, found.least)
    del passing
    assert held(values, []).numbers == [0]
    assert name == [1]


def test_one_more_holder_that_goes_again_changes_nothing() -> None:
    values: dict[int, Any] = {0: [1]}
    name = passing = values[0]
    found = held(values, [])
    del passing
    assert is_held_still(values, found.least)
    del name
    assert not is_held_still(values, found.least)


def test_a_view_is_held_with_an_array_that_others_hold() -> None:
    array = np.zeros(9)
    values: dict[int, Any] = {0: array[1:3], 2: array[4:], 4: np.zeros(3)[1:], 6: [1]}
    assert held(values, []).numbers == [0, 2]
    del array
    assert held(values, []).numbers == []
