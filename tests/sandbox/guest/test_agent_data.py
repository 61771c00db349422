"""Large values and frames, to a real kernel of the course and back, without a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from grader.errors import ClaimFailed
from tests import students
from tests.students import Student

pytestmark = pytest.mark.kernel

_FUNCTIONS = """
import numpy as np

def same(value):
    return value

def double(value):
    return 2 * value

def monthly(frame):
    return frame.groupby("month", as_index=False)["amount"].sum()

def huge():
    return np.broadcast_to(np.uint8(1), (2**21, 2**21))
"""


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    with students.started(tmp_path_factory.mktemp("k")) as student:
        student.write(_FUNCTIONS)
        yield student


def test_an_array_of_160_mb_travels_both_ways(student: Student) -> None:
    sent = np.arange(20_000_000.0)
    came = student.look("double")(sent)
    assert came.shape == sent.shape
    assert came[-1] == 2 * sent[-1]


def test_what_is_larger_is_refused_with_both_sizes(student: Student) -> None:
    with pytest.raises(ClaimFailed, match=r"an array of 4398046511104 bytes; at most 536870912"):
        student.look("huge")()


def test_long_lists_and_texts_travel(student: Student) -> None:
    same = student.look("same")
    numbers = [0.1] * 2_000_001
    assert same(numbers) == numbers
    mixed = [1, None, "three"] * 250_000  # nothing is packed, and no message is as long
    assert same(mixed) == mixed
    text = "naïve " * 4_000_000
    assert same(text) == text


_ALWAYS_EQUAL = """
import numpy as np
import pandas as pd

class Always:
    __eq__ = __le__ = __ge__ = __bool__ = lambda *_: True
    __hash__ = None
    __array_ufunc__ = lambda *_, **__: True

class Frame(pd.DataFrame):
    __eq__ = equals = lambda *_: True

def cells():
    return pd.DataFrame({"month": ["Feb", "Jan"], "amount": [Always(), Always()]})

def items():
    return np.array([Always(), Always()], object)

def subclass():
    return Frame()

def patched():
    pd.DataFrame.equals = pd.DataFrame.__eq__ = lambda *_: True
    pd.Series.__iter__ = lambda _: iter([2, 4])
    return pd.DataFrame({"month": ["Feb", "Jan"], "amount": [0, 0]})
"""


@pytest.mark.parametrize("cheat", ["cells", "subclass", "patched"])
def test_frames_that_equal_everything_gain_nothing(student: Student, cheat: str) -> None:
    student.write(_ALWAYS_EQUAL)
    expected = pd.DataFrame({"month": ["Feb", "Jan"], "amount": [2, 4]})
    came = student.look(cheat)()
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(came, expected)
    # What a test then ends with: a subclass stays there, and has no such column.
    with pytest.raises((AssertionError, AttributeError, KeyError, TypeError)):
        assert list(came["amount"]) == [2, 4]
    if cheat != "subclass":
        assert not came.equals(expected)
        assert not (came == expected).all().all()


def test_items_that_equal_everything_gain_nothing(student: Student) -> None:
    student.write(_ALWAYS_EQUAL)
    came = student.look("items")()
    assert not np.array_equal(came, np.array([1, 2]))
    assert came.tolist() != [1, 2]
    assert 1 not in came.tolist()


def test_frames_travel_both_ways(student: Student) -> None:
    sales = pd.DataFrame({"month": ["Jan", "Feb", "Jan"], "amount": [1, 2, 3]})
    expected = pd.DataFrame({"month": ["Feb", "Jan"], "amount": [2, 4]})
    pd.testing.assert_frame_equal(student.look("monthly")(sales), expected)
