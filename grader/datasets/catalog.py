"""Which data sets the course uses, what their real files are, and how they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.datasets.idx import Array, read_idx
from grader.errors import DataError

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class Dataset:
    """One data set: its name in Keras and in the data folder, its title, its files' MD5."""

    name: str
    title: str
    md5: Mapping[str, str]

    def is_real(self, file: str, data: bytes) -> bool:
        """Whether ``data`` is what the publisher's ``file`` holds."""
        return _md5(data) == self.md5[file]


MNIST = Dataset(
    "mnist",
    "MNIST",
    {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
)
FASHION_MNIST = Dataset(
    "fashion_mnist",
    "Fashion-MNIST",
    {
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
)
DATASETS: Mapping[str, Dataset] = {dataset.name: dataset for dataset in (MNIST, FASHION_MNIST)}


def problem(folder: Path, dataset: Dataset, file: str) -> str | None:
    """Return one line on what is wrong with a file of the data folder, or None if it is real."""
    path = folder / dataset.name / file
    try:
        digest = _md5(path.read_bytes())
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    if digest == dataset.md5[file]:
        return None
    return f"{path} is not the real file (MD5 {digest}, expected {dataset.md5[file]})"


def problems(folder: Path) -> list[str]:
    """Return one line for each file of the data folder that is missing or not the real one."""
    lines = (problem(folder, dataset, file) for dataset in DATASETS.values() for file in FILES)
    return [line for line in lines if line is not None]


def load(folder: Path, name: str) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return ``(train_images, train_labels), (test_images, test_labels)`` as Keras does.

    Images are uint8 of shape (n, 28, 28), labels uint8 of shape (n,); for the whole data sets n is
    60,000 and 10,000. Sizes are checked against the files' headers, not MD5: slices load too.

    Raises:
        DataError: the data set is unknown, or a file is missing, partial, or fits no other.
    """
    if name not in DATASETS:
        raise DataError(f"no data set is called {name!r}: expected one of {', '.join(DATASETS)}")
    train_images, train_labels, test_images, test_labels = (
        _read(folder / name / file) for file in FILES
    )
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise DataError(
                f"{folder / name} has images of shape {images.shape} and labels of shape "
                f"{labels.shape}, not one label for each image: `grader data` fetches them again"
            )
    return (train_images, train_labels), (test_images, test_labels)


def _read(path: Path) -> Array:
    """Read one file of a data set; what is wrong with it is said with the remedy."""
    try:
        return read_idx(path)
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing: `grader data` fetches it") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}): `grader data` says more"
        ) from error
    except DataError as error:
        raise DataError(f"{error}: `grader data` fetches it again") from error


def _md5(data: bytes) -> str:
    """MD5 tells a damaged file from a whole one; it does not keep secrets here."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
