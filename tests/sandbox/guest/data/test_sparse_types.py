from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from grader.sandbox.guest.data import known_types
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.sparse_types import TYPES
from tests.sandbox.guest.round_trips import Kept, arrive, round_trip

DENSE = np.array([[0, 1.5, 0, 2], [0, 0, 0, 0], [3, 0, 0, -1]])


@pytest.mark.parametrize("name", [known.name for known in TYPES])
@pytest.mark.parametrize("dtype", ["f8", "i4", "c16", "?"])
def test_a_matrix_comes_back_in_its_format(name: str, dtype: str) -> None:
    sent = getattr(sparse, name)(DENSE.astype(dtype))
    came = round_trip(sent)
    assert (type(came), came.dtype, came.shape) == (type(sent), sent.dtype, sent.shape)
    assert came.nnz == sent.nnz
    assert np.array_equal(came.toarray(), sent.toarray())


def test_it_comes_back_as_it_is_kept() -> None:
    twice = sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert round_trip(twice).data.tolist() == [1, 2, 0]
    unsorted = sparse.csr_array(([1, 2], [1, 0], [0, 2]), shape=(1, 2))
    assert round_trip(unsorted).indices.tolist() == [1, 0]
    assert round_trip(sparse.csr_array((0, 3))).shape == (0, 3)
    assert round_trip(sparse.coo_array(np.arange(3))).toarray().tolist() == [0, 1, 2]


class Graph(sparse.csr_array):  # type: ignore[misc]
    """A class of the student's."""


def test_other_types_stay_where_they_are() -> None:
    assert isinstance(round_trip(Graph(DENSE)), Kept)


def test_a_matrix_is_changed_in_place() -> None:
    old, new = sparse.csr_array(DENSE), sparse.csr_array(2 * DENSE)
    assert known_types.update(old, new)
    assert np.array_equal(old.toarray(), 2 * DENSE)


D, AT, P = np.ones(2), np.array([0, 1]), np.array([0, 1, 2])


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("csr_array", 3),
        ("csr_array", ((2, 2), D, (AT,))),
        ("csr_array", ((2, 2), D, (np.array([0, 2]), P))),
        ("csr_array", ((2, 2), D, (np.array([0, -1]), P))),
        ("csr_array", ((2, 2), D, (AT, np.array([0, 2, 1])))),
        ("csr_array", ((2, 2), D, (AT, np.array([0, 5, 2])))),
        ("csr_array", ((2, 2), D, (AT, np.array([0, 1, 9])))),
        ("csr_array", ((9, 2), D, (AT, P))),
        ("csr_array", ((2, 2), D, (AT.astype(float), P))),
        ("csr_array", ((2, 2), np.array(["a", "b"]), (AT, P))),
        ("csr_array", ((2, -2), D, (AT, P))),
        ("lil_array", ((10**9, 2), D, (AT, AT))),
        ("csc_matrix", ((2, 2), D, (np.array([0, 7]), P))),
        ("bsr_array", ((2, 2), np.ones((1, 2, 2)), (np.array([4]), np.array([0, 1])))),
        ("coo_array", ((2, 2), D, (AT, np.array([0, 2])))),
        ("coo_array", ((2, 2), D, (AT, np.array([0, -1])))),
        ("coo_array", ((2, 2), D, (AT, np.array([0])))),
        ("coo_array", ((2, 2), D, (AT,))),
        ("lil_matrix", ((2, 2), D, (AT, np.array([0, 2])))),
        ("dok_array", ((1, 1), D, (AT, AT))),
        ("dia_array", ((2, 2), np.ones((1, 2)), (AT,))),
        ("dia_array", ((2, 2), np.ones((2, 2)), (np.array([0, 0]),))),
    ],
)
def test_what_is_none_is_refused(tag: str, parts: Any) -> None:
    with pytest.raises(Malformed):
        arrive(tag, parts)
