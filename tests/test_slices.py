"""The slices of data that tests train on."""

from pathlib import Path

import numpy as np
import pytest

from grader.datasets import load
from tests.slices import write_slices

DATA = Path(__file__).parent.parent / "data"


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_slice_loads_and_begins_with_the_first_test_images(name, tmp_path):
    write_slices(DATA, tmp_path)
    (images, labels), (test_images, test_labels) = load(tmp_path, name)
    _, (all_test_images, all_test_labels) = load(DATA, name)
    assert set(labels) == set(range(10))
    assert len(images) < 5000
    assert len(test_images) == 1000
    assert np.array_equal(test_images[:100], all_test_images[:100])
    assert np.array_equal(test_labels[:100], all_test_labels[:100])
