"""IDX, in which MNIST's publisher stores arrays: the sizes, big-endian, then the values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from grader import whole_files
from grader.errors import DataError

UNSIGNED_BYTES = b"\x00\x00\x08"  # the only kind of value that the course's files hold

Array = npt.NDArray[np.uint8]


def encode_idx(array: Array) -> bytes:
    """Return ``array`` as the bytes of an IDX file.

    Raises:
        ValueError: the array is not of uint8, or has no dimension.
    """
    if array.dtype != np.uint8 or array.ndim == 0:
        raise ValueError(f"IDX here holds uint8 arrays, not {array.dtype} of shape {array.shape}")
    sizes = np.array(array.shape, dtype=">u4").tobytes()
    return UNSIGNED_BYTES + bytes([array.ndim]) + sizes + array.tobytes()


def read_idx(path: Path) -> Array:
    """Return the array of an uncompressed IDX file: uint8, writable, shaped as its header says.

    Raises:
        DataError: the file is not IDX, or is longer or shorter than its header says.
        OSError: there is no such file, or it cannot be read.
    """
    values: Array = np.fromfile(path, dtype=np.uint8)
    if values.size < 4 or values[:3].tobytes() != UNSIGNED_BYTES:
        raise DataError(f"{path} is not an uncompressed IDX file of bytes")
    header = 4 + 4 * int(values[3])
    shape = (
        tuple(int(size) for size in values[4:header].view(">u4")) if values.size >= header else ()
    )
    if not shape or values.size != header + int(np.prod(shape, dtype=object)):
        raise DataError(f"{path} has {values.size:,} bytes, which is not what its header says")
    return values[header:].reshape(shape)


def write_idx(path: Path, array: Array) -> None:
    """Write ``array`` (uint8) to ``path`` as an IDX file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole_files.write(path, encode_idx(array))
