"""Which of the course's images an array holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import datasets
from grader.sandbox import recognising
from grader.sandbox.recognising import FitRefused, recognised
from tests.conftest import ROOT
from tests.slices import write_slices

Scaled = Callable[[Any], Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_slices(ROOT / "data", folder)
    return folder


@pytest.fixture(autouse=True)
def data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The arrays of MNIST; a kernel finds them by the environment."""
    monkeypatch.setenv("COURSE_DATA", str(folder))
    recognising._arrays.cache_clear()
    yield datasets.load(folder, "mnist")
    recognising._arrays.cache_clear()


@pytest.mark.parametrize(
    ("scaled", "divisor", "offset"),
    [
        (lambda x: x, 1.0, 0.0),
        (lambda x: x.astype("float32"), 1.0, 0.0),
        (lambda x: x / 255, 255.0, 0.0),
        (lambda x: x.astype("float32") / 255, 255.0, 0.0),
        (lambda x: (x / 255).astype("float16"), 255.0, 0.0),
        (lambda x: x.astype("float32") / 256, 256.0, 0.0),
        (lambda x: x.astype("float32") / 127.5 - 1, 127.5, -1.0),
        (lambda x: 1 - x.astype("float32") / 255, -255.0, 1.0),
        (lambda x: 7.3 * x + 1, 0.136986, 1.0),
        (lambda x: x.astype("int64"), 1.0, 0.0),
    ],
)
def test_a_scaling_is_told_in_round_numbers(
    data: Any, scaled: Scaled, divisor: float, offset: float
) -> None:
    images, labels = data[0]
    found = recognised(scaled(images), labels, "x")
    assert (found["divisor"], found["offset"]) == (divisor, offset)
    assert repr(found["offset"]) != "-0.0"


def test_the_same_work_in_two_ways_gives_the_same_numbers(data: Any) -> None:
    images, labels = data[0]
    single, double = images.astype("float32"), images.astype("float64")
    ways = [(one - one.mean()) / one.std() for one in (single, double)]
    told = [recognised(one, labels, "x") for one in ways]
    assert told[0] == told[1]
    assert np.abs(images / told[0]["divisor"] + told[0]["offset"] - ways[1]).max() < 1e-4


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (784,), (1, 28, 28)])
def test_images_may_have_any_shape(data: Any, shape: tuple[int, ...]) -> None:
    images, labels = data[1]
    found = recognised(images.reshape(-1, *shape), labels, "x")
    assert found == {
        "dataset": "mnist",
        "part": "test",
        "first": 0,
        "count": len(images),
        "divisor": 1.0,
        "offset": 0.0,
        "shape": list(shape),
        "one_hot": False,
    }


def test_fashion_is_another_data_set(folder: Path) -> None:
    images, labels = datasets.load(folder, "fashion_mnist")[0]
    assert recognised(images / 255, labels, "x")["dataset"] == "fashion_mnist"


@pytest.mark.parametrize("rows", [slice(0, 100), slice(100, 600), slice(5, 6)])
def test_a_range_of_rows_is_told(data: Any, rows: slice) -> None:
    images, labels = data[0]
    found = recognised(images[rows] / 255, labels[rows], "x")
    assert (found["first"], found["count"]) == (rows.start, rows.stop - rows.start)


@pytest.mark.parametrize(
    ("written", "one_hot"),
    [
        (lambda y: y, False),
        (lambda y: y[:, None], False),
        (lambda y: y.astype("float32"), False),
        (lambda y: np.eye(10)[y], True),
        (list, False),
    ],
)
def test_labels_may_be_written_in_several_ways(data: Any, written: Scaled, one_hot: bool) -> None:
    images, labels = data[0]
    assert recognised(list(images), written(labels), "x")["one_hot"] is one_hot


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda x, y: (x[::-1], y[::-1]), r"x\[1\] is not image 2400"),
        (lambda x, y: (x[y == 3], y[y == 3]), r"picked, mixed, shuffled or changed by hand"),
        (lambda x, y: (np.r_[x, x], np.r_[y, y]), r"x\[2400\] is not image 2400"),
        (lambda x, y: (x[:, ::-1], y), r"x\[0\] is none of the course's images"),
        (lambda x, y: ((x > 127) * 1.0, y), r"x\[0\] is none of the course's images"),
        (lambda x, y: (x * np.nan, y), r"x\[0\] is none of the course's images"),
        (lambda x, y: (x * 0, y), r"x\[0\] is none of the course's images"),
        (lambda x, y: (x[:, :27], y), r"x has the shape \(2400, 27, 28\), expected \(n, 28"),
        (lambda x, y: (x[:0], y[:0]), r"x has the shape \(0, 28, 28\)"),
        (lambda x, y: (x, y[::-1]), r"y\[\d+\] is not the label of that image, which is \d"),
        (lambda x, y: (x, y[:-1]), r"y has the shape \(2399,\), expected \(2400,\)"),
        (lambda x, y: (x, 0.9 * np.eye(10)[y]), r"y\[0\] is not the label"),
        (lambda x, y: (x, None), r"y is missing: give fit the labels too"),
        (lambda x, y: (iter(x), y), r"x is a .*: no tf.data, no generators"),
        (lambda x, y: ([x, x[:5]], y), r"x is a list"),
        (lambda x, y: (x.astype(str), y), r"x is a ndarray"),
    ],
)
def test_other_images_and_labels_are_refused_in_words(data: Any, changed: Any, words: str) -> None:
    images, labels = data[0]
    with pytest.raises(FitRefused, match=words):
        recognised(*changed(images, labels), "x")


def test_one_changed_row_is_named(data: Any) -> None:
    images, labels = data[0]
    changed = images / 255
    changed[1234, 10, 10] += 0.1
    with pytest.raises(FitRefused, match=r"x\[1234\] is not image 1234"):
        recognised(changed, labels, "x")


def test_a_kernel_without_data_knows_no_images(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = data[0]
    recognising._arrays.cache_clear()
    monkeypatch.delenv("COURSE_DATA")
    with pytest.raises(FitRefused, match="none of the course's images"):
        recognised(images, labels, "x")
