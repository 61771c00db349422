"""The course's images for test cells, with and without a data folder."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from grader import datasets
from grader.checks import course_data
from grader.checks.course_data import data_set
from grader.errors import DataError
from tests.conftest import ROOT
from tests.slices import write_slices


def test_images_are_those_of_the_data_folder_and_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slices(ROOT / "data", tmp_path)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (images, labels), (others, _) = datasets.load(tmp_path, "mnist")
    known = data_set("mnist")
    np.testing.assert_array_equal(known.train_images, images)
    np.testing.assert_array_equal(known.train_labels, labels)
    assert known.test_images.shape == others.shape
    with pytest.raises(ValueError, match="read-only"):
        known.train_images[0] = 0


def test_a_folder_without_them_is_no_students_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="is missing"):
        data_set("mnist")


def test_without_a_folder_keras_loads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_DATA", raising=False)
    course_data._loaded.cache_clear()
    pairs = tuple((np.zeros((n, 28, 28)), np.zeros(n)) for n in (3, 2))
    keras = SimpleNamespace(load_data=lambda: pairs)
    monkeypatch.setattr(course_data.importlib, "import_module", lambda name: keras)
    assert len(data_set("fashion_mnist").test_labels) == 2
    course_data._loaded.cache_clear()
