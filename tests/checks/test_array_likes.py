"""Right numbers count in any library's array, and only the exact classes are read."""

import re
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from grader.checks import answers, array_likes
from grader.errors import ClaimFailed


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (np.eye(2).view(np.matrix), np.eye(2)),
        ([np.array([[1, 2]]).view(np.matrix)], np.array([[[1, 2]]])),
        (pd.Index([3, 5]), np.array([3, 5])),
        (pd.RangeIndex(3), np.arange(3)),
        (pd.Series([0.5, 1.5], index=["a", "b"]), np.array([0.5, 1.5])),
        (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), np.array([[1, 3], [2, 4]])),
        (range(2, 5), np.array([2, 3, 4])),
        (np.ma.masked_array([1, 2]), np.array([1, 2])),
        ([Fraction(1, 2), 2], np.array([0.5, 2])),
        (Decimal("0.25"), np.array(0.25)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_numbers_are_taken(answer, expected):
    values = answers.array(answer, what="x", shape=expected.shape)
    assert type(values) is np.ndarray
    assert values.dtype == expected.dtype
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("answer", [pd.Index([2, 3]), pd.Series([2, 3]), range(2, 4)])
def test_a_list_of_whole_numbers_may_be_one_of_these(answer):
    assert answers.integers(answer, what="x") == [2, 3]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (pd.Series(["a"]), "x is of type Series. Expected: numbers"),
        (pd.Index(["a"]), "x is of type Index. Expected: numbers"),
        (pd.Series([1, None]), "x holds NaN"),
        (range(10**12), "x is of type range"),
        (pd.RangeIndex(10**12), "x is of type RangeIndex"),
        (np.eye(2)[:1].view(np.matrix), "x has the shape (1, 2). Expected: (2,)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_holds_no_such_numbers_is_refused_in_words(answer, words):
    with pytest.raises(ClaimFailed, match=re.escape(words)):
        answers.array(answer, what="x", shape=(2,))


@pytest.mark.parametrize("kind", [pd.Series, pd.DataFrame])
def test_a_subclass_is_not_read(kind):
    assert array_likes.numbers(type("Mine", (kind,), {})([1]), 10) is None


def test_a_subclass_of_a_matrix_is_not_read():
    mine = np.eye(2).view(type("Mine", (np.matrix,), {}))
    assert array_likes.numbers(mine, 10) is None


def test_no_attribute_of_the_answer_has_a_say():
    column = pd.Series([1, 2])
    object.__setattr__(column, "to_numpy", lambda: np.array([3, 5]))
    assert answers.integers(column, what="x") == [1, 2]


def test_a_tensor_of_torch_is_read_without_its_gradients(monkeypatch):
    class Tensor:
        def __init__(self, done=()):
            self.done = done

        def __getattr__(self, name):
            return lambda: Tensor((*self.done, name))

        def numpy(self):  # as torch, which gives no array of a tensor with gradients
            if "detach" not in self.done or "cpu" not in self.done:
                raise RuntimeError("call detach() and cpu() first")
            return np.eye(2)

    torch = type(sys)("torch")
    torch.Tensor = Tensor
    monkeypatch.setitem(sys.modules, "torch", torch)
    np.testing.assert_array_equal(answers.array(Tensor(), what="x"), np.eye(2))
