from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

from grader.errors import RefereeError
from grader.referee.store import atomic_files

ARRAYS = (
    np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    np.float32(1).reshape(()),
    np.arange(6, dtype=np.int64).reshape(2, 3).T,
    np.array([True, False]),
    np.zeros((0, 4), np.float16),
    np.array([2**32 - 1], np.uint32),
)


def test_arrays_come_back_bit_for_bit(tmp_path: Path) -> None:
    atomic_files.write_arrays(tmp_path, "weights", ARRAYS)
    arrays = atomic_files.read_arrays(tmp_path, "weights")
    assert arrays is not None
    for before, after in zip(ARRAYS, arrays, strict=True):
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert after.tobytes() == before.tobytes()


def test_numpy_alone_can_read_them(tmp_path: Path) -> None:
    name = atomic_files.write_arrays(tmp_path, "weights", ARRAYS)
    with np.load(tmp_path / name) as arrays:
        assert arrays["arr_3"].tolist() == [True, False]


@pytest.mark.parametrize(
    "array",
    [np.array([{}]), np.array(["text"]), np.zeros(2, ">f4"), np.zeros(2, [("a", "f4")])],
    ids=["objects", "text", "bytes the other way round", "records"],
)
def test_an_array_whose_bits_would_not_come_back_is_refused(
    tmp_path: Path, array: np.ndarray
) -> None:
    with pytest.raises(RefereeError, match="plain numbers"):
        atomic_files.write_arrays(tmp_path, "weights", [array])
    assert list(tmp_path.iterdir()) == []


def test_every_truncated_or_changed_file_of_arrays_is_absent(tmp_path: Path) -> None:
    name = atomic_files.write_arrays(tmp_path, "weights", ARRAYS)
    whole = (tmp_path / name).read_bytes()
    for position in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[position] ^= 1
        (tmp_path / name).write_bytes(changed)
        assert atomic_files.read_arrays(tmp_path, "weights") is None
        (tmp_path / name).write_bytes(whole[:position])
        assert atomic_files.read_arrays(tmp_path, "weights") is None
    (tmp_path / name).write_bytes(whole)
    assert atomic_files.read_arrays(tmp_path, "weights") is not None


def npy() -> bytes:
    """One array alone, which numpy reads as no archive."""
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04", b"", npy()])
def test_what_is_no_archive_is_absent_whatever_its_name_says(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / f"weights-{hashlib.sha256(content).hexdigest()}.npz").write_bytes(content)
    assert atomic_files.read_arrays(tmp_path, "weights") is None


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    spare = tmp_path / "spare.npz"
    np.savez(spare, np.array([print], dtype=object))
    digest = hashlib.sha256(spare.read_bytes()).hexdigest()
    spare.rename(tmp_path / f"weights-{digest}.npz")
    assert atomic_files.read_arrays(tmp_path, "weights") is None


def test_json_comes_back_and_a_changed_one_is_absent(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    whole = atomic_files.json_bytes({"who": "Ada Löwe", "numbers": [1, 0.1, None]})
    path.write_bytes(whole)
    assert atomic_files.read_json(path) == {"who": "Ada Löwe", "numbers": [1, 0.1, None]}
    for position in range(len(whole) - 1):
        path.write_bytes(whole[:position])
        assert atomic_files.read_json(path) is None
        path.write_bytes(whole[:position] + b"7" + whole[position + 1 :])
        assert atomic_files.read_json(path) is None or whole[position : position + 1] in b" 7"


@pytest.mark.parametrize("content", [b"[]", b"null", b"{}", b'{"content": 1}', b"\xff\xfe"])
def test_json_without_a_seal_is_absent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.json").write_bytes(content)
    assert atomic_files.read_json(tmp_path / "one.json") is None


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    atomic_files.write(tmp_path / "one", b"first")
    with pytest.raises(FileExistsError):
        atomic_files.write(tmp_path / "one", b"second")
