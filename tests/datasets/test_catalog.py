"""What the data folder holds is checked and loaded; what is wrong is said in one line."""

import hashlib

import numpy as np
import pytest

from grader.datasets import DATASETS, FILES, load, problems, verify, write_idx
from grader.datasets.catalog import MNIST
from grader.errors import DataError


@pytest.fixture
def folder(tmp_path):
    """Make a data folder that holds 3 training and 2 test images of each data set."""
    for name in DATASETS:
        for file in FILES:
            n = 3 if file.startswith("train") else 2
            shape = (n, 28, 28) if "images" in file else (n,)
            write_idx(tmp_path / name / file, np.full(shape, n, np.uint8))
    return tmp_path


def test_slices_load_as_keras_would_give_them(folder):
    (train_images, train_labels), (test_images, test_labels) = load(folder, "mnist")
    assert train_images.shape == (3, 28, 28)
    assert train_labels.tolist() == [3, 3, 3]
    assert test_images.shape == (2, 28, 28)
    assert test_labels.tolist() == [2, 2]


def test_an_unknown_data_set_is_named(folder):
    with pytest.raises(DataError, match=r"'cifar10'.*mnist, fashion_mnist"):
        load(folder, "cifar10")


def test_a_missing_file_is_named_with_the_remedy(folder):
    (folder / "mnist" / FILES[2]).unlink()
    with pytest.raises(DataError, match=f"{FILES[2]} is missing: `grader data`"):
        load(folder, "mnist")


def test_a_partial_file_is_named_with_the_remedy(folder):
    path = folder / "mnist" / FILES[0]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=f"{FILES[0]} has .* bytes.*`grader data`"):
        load(folder, "mnist")


def test_a_folder_in_place_of_a_file_is_named(folder):
    (folder / "mnist" / FILES[0]).unlink()
    (folder / "mnist" / FILES[0]).mkdir()
    with pytest.raises(DataError, match=f"{FILES[0]} cannot be read"):
        load(folder, "mnist")


def test_images_without_their_labels_are_refused(folder):
    write_idx(folder / "mnist" / FILES[1], np.zeros(4, np.uint8))
    with pytest.raises(DataError, match=r"\(3, 28, 28\).*\(4,\)"):
        load(folder, "mnist")


def test_slices_are_not_the_real_data(folder):
    found = problems(folder)
    assert len(found) == len(FILES) * len(DATASETS)
    path = folder / "mnist" / FILES[0]
    assert found[0] == (
        f"{path} is not the real file (MD5 {hashlib.md5(path.read_bytes()).hexdigest()}, "
        f"expected {MNIST.md5[FILES[0]]})"
    )
    with pytest.raises(DataError, match=r"and 7 more\): `grader data`"):
        verify(folder)


def test_a_folder_that_is_not_there_lacks_every_file(tmp_path):
    assert all(line.endswith("is missing") for line in problems(tmp_path / "none"))
