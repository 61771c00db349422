"""An assert without a message says what its values were, and asks none of them."""

from __future__ import annotations

import dataclasses
import json
import math
import time

import numpy as np
import pytest

from grader.examiner import hidden_claims
from grader.examiner.cells.asserted import shown
from tests.in_process import InProcess

WORK = """
import numpy as np
def add(a, b): return a + b + 1
def wrong(*args): return [1, 2]
def nothing(*args): pass
class Account:
    balance = 5
    def __repr__(self): raise SystemExit
    def __bool__(self): return False
def make(): return Account()
def scaled(x): return np.array([1.0, 2.5])
"""
HOLDS_NOT = {
    "assert add(1, 2) == 3": ("add(1, 2) == 3", "`add(1, 2)` is 4"),
    "due = 3\nassert due == add(1, 2)": ("due == add(1, 2)", "`due` is 3", "`add(1, 2)` is 4"),
    "assert nothing()": ("nothing()", "`nothing()` is None"),
    "assert not add(1, 2)": ("not add(1, 2)", "`add(1, 2)` is 4"),
    "assert 0 <= add(1, 2) < 2": ("0 <= add(1, 2) < 2", "`add(1, 2)` is 4"),
    "assert add(1, 2) == 4 and add(2, 2) == 4": ("add(1, 2) == 4 and add(2, 2) == 4",),
    "assert make() is None": ("make() is None", "`make()` is an object of the class Account"),
    "assert 7 in wrong()": ("7 in wrong()", "`wrong()` is [1, 2]"),
    "import numpy as np\nassert np.allclose(scaled(3), [1, 2])": (
        "np.allclose(scaled(3), [1, 2])",
        "`scaled(3)` is [1. 2.5]",
    ),
    "for n in range(3):\n    assert add(n, 0) == n": (
        "add(n, 0) == n",
        "`add(n, 0)` is 1",
        "`n` is 0",
    ),
    "def check(n):\n    assert add(n, 0) == n\ncheck(7)": (
        *("add(n, 0) == n", "`add(n, 0)` is 8", "`n` is 7"),
    ),
    "assert isinstance(wrong(), str)": (
        "isinstance(wrong(), str)",
        "`wrong()` is [1, 2]",
    ),
}
CHAINS_THAT_END_EARLY = (
    "assert not 5 < add(1, 1) < 10",
    "assert not (7 == add(1, 1) == add(2, 2))",
    "def check(n):\n    assert not 5 < n < 10\ncheck(add(1, 1))",
)
SAYS_ITSELF = (
    "assert add(1, 2) == 3, 'no'",
    "raise AssertionError",
    "try:\n    assert add(1, 2) == 3\nexcept AssertionError:\n    raise AssertionError",
    "import unittest\nunittest.TestCase().assertEqual(add(1, 2), 3)",
)


@pytest.mark.parametrize("test", HOLDS_NOT)
def test_an_assert_without_a_message_says_what_it_came_to(test: str) -> None:
    code, *values = HOLDS_NOT[test]
    found = InProcess(WORK).tested(test)
    assert found.came_to == (f"This does not hold: `{code}`", *values)
    assert (found.message, found.error) == ("", "AssertionError")


@pytest.mark.parametrize("test", SAYS_ITSELF)
def test_what_says_something_itself_or_is_no_assert_is_left_alone(test: str) -> None:
    found = InProcess(WORK).tested(test)
    assert not found.passed
    assert found.came_to == ()


def test_of_a_hidden_test_nothing_is_told() -> None:
    found = InProcess(WORK).tested("assert add(1, 2) == 3")
    assert hidden_claims.unquoted(found, [WORK]) == dataclasses.replace(found, came_to=())
    assert hidden_claims.unquoted(found, [WORK]).came_to == ()


def test_an_assert_that_holds_keeps_nothing() -> None:
    names = "assert 'wrong' in globals() and not [n for n in globals() if 'asserted' in n], 'kept'"
    assert InProcess(WORK).tested(f"assert wrong() == [1, 2]\nassert not nothing()\n{names}").passed


@pytest.mark.parametrize("names", ["globals()", "dir()", "vars()", "locals()"])
def test_a_test_that_lists_its_names_sees_no_others(names: str) -> None:
    test = f"before = None\nbefore = set({names})\nassert before == set({names})"
    assert InProcess(WORK).tested(test).passed


@pytest.mark.parametrize("test", CHAINS_THAT_END_EARLY)
def test_a_chain_that_ends_early_holds(test: str) -> None:
    found = InProcess(WORK).tested(test)
    assert found.passed, found


def test_what_a_chain_did_not_come_to_is_not_told() -> None:
    caught = "try:\n    assert 1 < 2 < 0\nexcept AssertionError:\n    pass\n"
    found = InProcess(WORK).tested(f"{caught}due = 9\nassert add(1, 2) < 3 < due")
    assert found.came_to[1:] == ("`add(1, 2)` is 4",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1,), "(1,)"),
        ({"b": [1, {2}], "a": ()}, "{'b': [1, {2}], 'a': ()}"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"),
        ("a" * 500, "'" + "a" * 79 + "..."),
        pytest.param(10**5000, "an object of the class int", id="huge"),
        (np.float64(2.5), "2.5"),
        (np.array([object()]), "an object of the class ndarray"),
        (np.str_("3\x1b[0m"), "'3\\x1b[0m'"),
        (np.array([(1, 2.5)], "i8, f8")[0], "(1, 2.5)"),
        ("a".upper, "str.upper"),
        (int, "int"),
        (math.sin, "math.sin"),
        (json.dumps, "json.dumps"),
        (object(), "an object of the class object"),
    ],
)
def test_values_are_short_and_of_objects_the_class_is_told(value: object, text: str) -> None:
    assert shown(value) == text


def test_of_an_array_with_many_axes_no_more_is_written_than_is_shown() -> None:
    few = np.arange(36).reshape(6, 6)
    assert shown(few) == " ".join(str(few).split())[:80] + "..."
    begin = time.process_time()
    assert shown(np.zeros((2,) * 24, np.uint8)).startswith(f"{'[' * 24}0 0] [0 0]]")
    assert time.process_time() - begin < 5


def test_no_method_of_a_value_is_called() -> None:
    class Loud(dict[str, int]):
        def __repr__(self) -> str:
            raise AssertionError

    assert shown([Loud(), {Loud: 1}]) == "[an object of the class Loud, {Loud: 1}]"
    assert shown(np.array([(Loud(),)], [("it", object)])[0]) == "an object of the class void"
