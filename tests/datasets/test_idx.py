"""IDX: what is written is read again, and what is not IDX is named."""

import numpy as np
import pytest

from grader.datasets import encode_idx, read_idx, write_idx
from grader.errors import DataError


@pytest.mark.parametrize("shape", [(5,), (2, 28, 28), (0, 28, 28), (3, 1)])
def test_an_array_comes_back_as_it_was(tmp_path, shape):
    array = np.random.default_rng().integers(0, 256, shape, dtype=np.uint8)
    write_idx(tmp_path / "new" / "file", array)
    again = read_idx(tmp_path / "new" / "file")
    assert again.dtype == np.uint8
    np.testing.assert_array_equal(again, array)
    again += 1  # students may change what they were given


def test_the_bytes_are_those_of_the_format():
    array = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
    assert encode_idx(array) == bytes.fromhex("00000802 00000002 00000003 010203040506")


@pytest.mark.parametrize("array", [np.zeros(3), np.uint8(1) * np.ones((), np.uint8)])
def test_what_idx_cannot_hold_is_refused(array):
    with pytest.raises(ValueError, match="uint8"):
        encode_idx(array)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b\x08\x00 compressed",
        bytes.fromhex("00000800"),
        bytes.fromhex("00000803 00000001"),
        bytes.fromhex("00000801 00000003 0102"),
        bytes.fromhex("00000801 00000001 0102"),
        bytes.fromhex("00000803 ffffffff ffffffff ffffffff"),
    ],
    ids=["empty", "gzip", "no sizes", "half a header", "short", "long", "overflow"],
)
def test_what_is_not_idx_is_named(tmp_path, data):
    path = tmp_path / "t10k-labels-idx1-ubyte"
    path.write_bytes(data)
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte") as caught:
        read_idx(path)
    assert "\n" not in str(caught.value)
