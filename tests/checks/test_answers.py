"""Answers are taken as exact plain values or refused in words, and never asked anything."""

import itertools
import re
import sys
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

from grader.checks import answers
from grader.errors import ClaimFailed


class _AlwaysEqual:
    """Claims to be whatever it is compared with."""

    shape = (2, 2)
    dtype = np.dtype(float)

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("a check called a method of the answer's")


class _FriendlyList(list):
    def __iter__(self):
        raise RuntimeError("a check called a method of the answer's")


class _Row(NamedTuple):
    left: float
    right: float


class _Named(_Row):  # as the examiner makes a class for a student's
    def __iter__(self):
        raise RuntimeError("a check called a method of the answer's")


class _Loud(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)


class _Renamed(type):
    @property
    def __name__(cls):
        raise RuntimeError("a check called a method of the answer's")


class _WithRenamed(metaclass=_Renamed):
    pass


@pytest.mark.parametrize(
    ("answer", "shape", "dtype"),
    [
        (np.eye(3), (3, 3), "float64"),
        (np.eye(3, dtype=">f4"), (3, 3), "float32"),
        (np.zeros((2, 0), np.uint8), (2, 0), "uint8"),
        ([[1, 2], [3, 4]], (2, 2), "int64"),
        ((True, False), (2,), "bool"),
        ([np.float32(1), 2.5], (2,), "float64"),
        ([np.zeros(4, np.uint8), np.ones(4, np.uint8)], (2, 4), "uint8"),
        (7, (), "int64"),
        (np.int16(7), (), "int16"),
        ([], (0,), "float64"),
        (np.array([[1, 2], [3, 4]], dtype=object), (2, 2), "int64"),
        (np.array(7, dtype=object), (), "int64"),
        ([_Row(1, 2.5), _Row(2, 3)], (2, 2), "float64"),
    ],
)
def test_array_accepts_plain_numbers(answer, shape, dtype):
    values = answers.array(answer, what="x", shape=shape)
    assert type(values) is np.ndarray
    assert values.dtype == dtype
    assert values.dtype.isnative
    np.testing.assert_array_equal(values, np.array(answer, dtype))


def test_no_method_of_a_named_tuple_is_called():
    assert answers.array(_Named(1, 2), what="x").tolist() == [1, 2]


def test_array_is_a_copy():
    answer = np.zeros((2, 2))
    answers.array(answer, what="x")[0, 0] = 1
    assert answer[0, 0] == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "x is None (is a return missing?)"),
        ("abc", "x is of type str"),
        (_AlwaysEqual(), "x is of type _AlwaysEqual"),
        ([[_AlwaysEqual()]], "x holds a value that is of type _AlwaysEqual"),
        (_FriendlyList([1, 2]), "x is of type _FriendlyList"),
        (_WithRenamed(), "x is of type _WithRenamed"),
        (np.eye(2).view(type("Mine", (np.ndarray,), {})), "x is of type Mine"),
        (np.ma.masked_array([1, 2], [0, 1]), "x is of type MaskedArray"),
        (np.array([1, None]), "x holds a value that is None"),
        (_Loud(1, 2), "x is of type _Loud"),
        (Fraction(10**400), "x is of type Fraction"),
        ([Decimal("nan")], "x holds NaN"),
        (np.array(["a"]), "dtype <U1"),
        (np.array([1j]), "dtype complex128"),
        (np.zeros(2, "i4,f4"), "dtype"),
        (np.datetime64("2020-01-01"), "x is of type datetime64"),
        ([1, None], "x holds a value that is None"),
        ([[1, 2], [3]], "rows with different lengths"),
        ([np.zeros(2), np.zeros(3)], "rows with different lengths"),
        pytest.param(10**5000, "x is of type int", id="huge"),
        (np.array([1.0, np.nan]), "x holds NaN"),
        (float("inf"), "x holds NaN (not a number) or infinity"),
        (np.broadcast_to(np.zeros(()), (2**21, 2**21)), "too large"),
        ([np.broadcast_to(np.zeros(()), (2**21, 2**21))], "too large"),
    ],
)
def test_array_refuses_in_words(answer, words):
    with pytest.raises(ClaimFailed, match=re.escape(words)):
        answers.array(answer, what="x")


def test_array_refuses_a_list_that_holds_itself():
    endless = []
    endless.append(endless)
    with pytest.raises(ClaimFailed, match="too large"):
        answers.array(endless, what="x")


def test_array_refuses_one_list_many_times_over(monkeypatch):
    monkeypatch.setattr(answers, "MAX_ELEMENTS", 1000)
    many = []
    for _ in range(4):
        many = [many] * 10
    with pytest.raises(ClaimFailed, match="too large"):
        answers.array(many, what="x")


def test_array_refuses_another_shape():
    with pytest.raises(ClaimFailed, match=r"\(2,\).*\(2, 1\)"):
        answers.array([1, 2], what="x", shape=(2, 1))


@pytest.mark.parametrize(
    ("answer", "kind"), [([1.5], "whole"), ([True], "whole"), ([1], "float"), ([True], "float")]
)
def test_array_refuses_another_kind(answer, kind):
    with pytest.raises(ClaimFailed, match=f"dtype .*{kind}"):
        answers.array(answer, what="x", kind=kind)


def test_array_accepts_the_kind_asked_for():
    assert answers.array([1], what="x", kind="whole") == 1
    assert answers.array([1.5], what="x", kind="float") == 1.5


@pytest.mark.parametrize("answer", [3, np.uint8(3), np.array(3)])
def test_integer_accepts(answer):
    assert answers.integer(answer, what="x") == 3
    assert type(answers.integer(answer, what="x")) is int


@pytest.mark.parametrize("answer", [3.0, True, [3], "3", None])
def test_integer_refuses(answer):
    with pytest.raises(ClaimFailed, match="x is "):
        answers.integer(answer, what="x")


@pytest.mark.parametrize("answer", [0.5, np.float32(0.5), np.array(0.5)])
def test_real_accepts(answer):
    assert answers.real(answer, what="x") == 0.5
    assert type(answers.real(answer, what="x")) is float


@pytest.mark.parametrize("answer", [[0.5], "0.5", None])
def test_real_refuses(answer):
    with pytest.raises(ClaimFailed, match="x is "):
        answers.real(answer, what="x")


@pytest.mark.parametrize("answer", [[0, 23], (0, 23), np.array([0, 23], np.uint8)])
def test_integers_accepts(answer):
    assert answers.integers(answer, what="x") == [0, 23]
    assert answers.integers([], what="x") == []


@pytest.mark.parametrize("answer", [[0.0, 23.0], [[0, 23]], 5, None])
def test_integers_refuses(answer):
    with pytest.raises(ClaimFailed, match="x is "):
        answers.integers(answer, what="x")


def test_integers_says_what_to_do_with_what_np_where_gives():
    with pytest.raises(ClaimFailed, match=r"Take the array out of the tuple"):
        answers.integers(np.where(np.array([0, 9, 9]) == 9), what="x")
    with pytest.raises(ClaimFailed, match=r"Return only that list\.$"):
        answers.integers((1.5, 2.5), what="x")


@pytest.mark.parametrize("answer", ["Reached", np.str_("Reached")])
def test_text_accepts(answer):
    assert answers.text(answer, what="x") == "Reached"
    assert type(answers.text(answer, what="x")) is str


@pytest.mark.parametrize("answer", [b"Reached", 1, None, type("Text", (str,), {})("Reached")])
def test_text_refuses(answer):
    with pytest.raises(ClaimFailed, match="x is "):
        answers.text(answer, what="x")


def test_text_refuses_a_flood():
    with pytest.raises(ClaimFailed, match="1000001"):
        answers.text("a" * 1_000_001, what="x")


def test_tensors_are_read_by_their_exact_type(monkeypatch):
    class EagerTensor:
        def numpy(self):
            return np.eye(2)

    class Pretender(EagerTensor):
        pass

    ops = type(sys)("tensorflow.python.framework.ops")
    ops.EagerTensor = EagerTensor
    monkeypatch.setitem(sys.modules, ops.__name__, ops)
    np.testing.assert_array_equal(answers.array(EagerTensor(), what="x"), np.eye(2))
    assert answers.array([EagerTensor()], what="x").shape == (1, 2, 2)
    with pytest.raises(ClaimFailed, match="Pretender"):
        answers.array(Pretender(), what="x")


@pytest.mark.parametrize("answer", [(n for n in (0, 23)), map(int, "12"), {0, 23}, {0: 1}.keys()])
def test_what_list_takes_apart_is_told_so(answer):
    with pytest.raises(ClaimFailed, match=r"with list\(\.\.\.\)\.$"):
        answers.integers(answer, what="it")


@pytest.mark.parametrize(
    ("answer", "step"),
    [
        ((n for n in [1]), "with list(...)"),
        (itertools.islice([1], 1), "with list(...)"),
        ("1", "with np.array(...)"),
    ],
)
def test_the_next_step_fits_the_kind_of_answer(answer, step):
    with pytest.raises(ClaimFailed, match=re.escape(step)):
        answers.array(answer, what="x")


def test_a_coroutine_is_told_to_be_no_coroutine():
    async def convolve():
        return 1

    waiting = convolve()
    with pytest.raises(ClaimFailed, match="with def, and not with async def"):
        answers.array(waiting, what="x")
    waiting.close()
