"""Which of the course's images an array holds."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import datasets
from grader.referee.spec.images import Images, read_images
from grader.sandbox.guest.course_images import images as images_module
from grader.sandbox.guest.course_images.images import Identified
from grader.sandbox.guest.course_images.images import identify as identified
from grader.sandbox.guest.course_images.refused import FitRefused

pytestmark = pytest.mark.usefixtures("mnist")

Scaled = Callable[[Any], Any]


def identify(images: Any, labels: Any, what: str) -> dict[str, Any]:
    """The fields that name images."""
    return identified(images, labels, what).fields


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
    mnist: Any, scaled: Scaled, divisor: float, offset: float
) -> None:
    images, labels = mnist[0]
    named = identify(scaled(images), labels, "x")
    assert (named["divisor"], named["offset"]) == (divisor, offset)
    assert repr(named["offset"]) != "-0.0"


def test_the_same_work_in_two_ways_is_one_scaling_with_other_last_bits(mnist: Any) -> None:
    images, labels = mnist[0]
    single, double = images.astype("float32"), images.astype("float64")
    ways = [(array - array.mean()) / array.std() for array in (single, double)]
    told = [identify(array, labels, "x") for array in ways]
    assert told[0] | {"levels": ""} == told[1] | {"levels": ""}
    for given, named in zip(ways, told, strict=True):
        levels = np.frombuffer(base64.b64decode(named["levels"]), "<f4")
        np.testing.assert_array_equal(levels[images], given.astype("float32"))
    assert np.abs(images / told[0]["divisor"] + told[0]["offset"] - ways[1]).max() < 1e-4


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (784,), (1, 28, 28)])
def test_images_may_have_any_shape(mnist: Any, shape: tuple[int, ...]) -> None:
    images, labels = mnist[1]
    named = identify(images.reshape(-1, *shape), labels, "x")
    assert named == {
        "dataset": "mnist",
        "part": "test",
        "first": 0,
        "count": len(images),
        "divisor": 1.0,
        "offset": 0.0,
        "shape": list(shape),
        "one_hot": False,
        "levels": "",
    }


@pytest.mark.parametrize(
    "scaled",
    [
        lambda x: x / 255,
        lambda x: x.astype("float32") / 255,
        lambda x: x * (1 / 255),
        lambda x: x / 127.5 - 1,
    ],
)
def test_the_same_numbers_have_no_levels_of_their_own(mnist: Any, scaled: Scaled) -> None:
    images, labels = mnist[0]
    assert identify(scaled(images), labels, "x")["levels"] == ""


def test_another_rounding_is_told(mnist: Any) -> None:
    images, labels = mnist[0]
    given = images.astype("float32") * np.float32(1 / 255)
    named = identify(given, labels, "x")
    assert named["divisor"] == 255.0
    levels = np.frombuffer(base64.b64decode(named["levels"]), "<f4")
    np.testing.assert_array_equal(levels[images], given)
    assert (levels != (np.arange(256) / 255).astype("float32")).any()


def test_rounding_that_differs_from_row_to_row_is_the_formulas(mnist: Any) -> None:
    images, labels = mnist[0]
    given = (images / 255).astype("float32")
    given[1::2] = np.nextafter(given[1::2], np.float32(2))
    assert identify(given, labels, "x")["levels"] == ""


def test_fashion_is_another_data_set(image_folder: Path) -> None:
    images, labels = datasets.load(image_folder, "fashion_mnist")[0]
    assert identify(images / 255, labels, "x")["dataset"] == "fashion_mnist"


@pytest.mark.parametrize("rows", [slice(0, 100), slice(100, 600), slice(5, 6)])
def test_a_range_of_rows_is_told(mnist: Any, rows: slice) -> None:
    images, labels = mnist[0]
    named = identify(images[rows] / 255, labels[rows], "x")
    assert (named["first"], named["count"]) == (rows.start, rows.stop - rows.start)


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
def test_labels_may_be_written_in_several_ways(mnist: Any, written: Scaled, one_hot: bool) -> None:
    images, labels = mnist[0]
    assert identify(list(images), written(labels), "x")["one_hot"] is one_hot


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda x, y: (x[y == 3], y[y == 3]), r"picked images of the labels \[3\] alone"),
        (lambda x, y: (np.r_[x, x], np.r_[y, y]), r"holds an image more than once"),
        (lambda x, y: (x[:, ::-1], y), r"x\[0\] is none of the course's images"),
        (lambda x, y: (np.r_[x[:5], x[5:9, ::-1]], y[:9]), r"x\[5\] is none of that part's images"),
        (lambda x, y: (x / 255 + np.arange(2400)[:, None, None] % 2, y), r"none of that part's"),
        (lambda x, y: (x * np.nan, y), r"x holds NaN .* Add a small number"),
        (lambda x, y: (x * 0, y), r"x\[0\] is none of the course's images"),
        (lambda x, y: (x[:, :27], y), r"x has the shape \(2400, 27, 28\), expected \(n, 28"),
        (lambda x, y: (x[:0], y[:0]), r"x has the shape \(0, 28, 28\)"),
        (lambda x, y: (y, x), r"x has the shape \(2400,\), one number for each image"),
        (lambda x, y: (x, y[::-1]), r"y\[\d+\] is not the label of that image, which is \d"),
        (lambda x, y: (x, y[:-1]), r"y has the shape \(2399,\), expected \(2400,\)"),
        (lambda x, y: (x, 0.9 * np.eye(10)[y]), r"y\[0\] is not the label"),
        (lambda x, y: (x, None), r"y is missing: give fit the labels too"),
        (lambda x, y: (iter(x), y), r"x is a .*, a tf.data.Dataset or"),
        (lambda x, y: ([x, x[:5]], y), r"x is a list"),
        (lambda x, y: (x.astype(str), y), r"x is a ndarray"),
    ],
)
def test_other_images_and_labels_are_refused_in_words(mnist: Any, changed: Any, words: str) -> None:
    images, labels = mnist[0]
    with pytest.raises(FitRefused, match=words):
        identify(*changed(images, labels), "x")


def test_one_changed_row_is_named(mnist: Any) -> None:
    images, labels = mnist[0]
    changed = images / 255
    changed[1234, 10, 10] += 0.1
    with pytest.raises(FitRefused, match=r"x\[1234\] is none of that part's images"):
        identify(changed, labels, "x")


@pytest.mark.keras
def test_a_kernel_without_data_knows_no_images(mnist: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = mnist[0]
    images_module._arrays.cache_clear()
    monkeypatch.delenv("COURSE_DATA")
    with pytest.raises(FitRefused, match="none of the course's images"):
        identify(images, labels, "x")


def test_another_order_is_the_same_images(mnist: Any) -> None:
    images, labels = mnist[0]
    order = np.random.default_rng(3).permutation(len(images))
    for scaled in (images, images / 255, (images - images.mean()) / images.std()):
        plain = identified(scaled, labels, "x")
        mixed = identified(scaled[order], labels[order], "x")
        assert (plain.in_order, mixed.in_order) == (True, False)
        assert mixed.fields == plain.fields
    assert not identified(images[::-1], labels[::-1], "x").in_order


def test_picked_images_are_told_by_a_bit_each(mnist: Any) -> None:
    images, labels = mnist[0]
    rows = np.flatnonzero(np.arange(len(labels)) % 3 == 1)
    named = identified(images[rows] / 255, labels[rows], "x")
    assert named.in_order
    told = images_of(named)
    assert told.count == len(rows)
    np.testing.assert_array_equal(told.places(), rows)
    order = np.random.default_rng(3).permutation(rows)
    assert identify(images[order] / 255, labels[order], "x") == named.fields


NORMALISED = {
    "rows": lambda x: x / np.maximum(np.linalg.norm(x, axis=2, keepdims=True), 1e-12),
    "columns": lambda x: x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12),
    "image": lambda x: x / np.linalg.norm(x, axis=(1, 2), keepdims=True),
    "standard": lambda x: (
        (x - x.mean(axis=(1, 2), keepdims=True)) / x.std(axis=(1, 2), keepdims=True)
    ),
    "pixels": lambda x: (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7),
    "pixels, without a deviation": lambda x: x - x.mean(axis=0),
    "threshold": lambda x: (x > 127) * 1.0,
    "root": lambda x: np.sqrt(x / 255),
}


@pytest.mark.parametrize("way", NORMALISED)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_scaling_without_a_formula_is_one_that_the_referee_can_repeat(
    mnist: Any, way: str, precision: str
) -> None:
    images, labels = mnist[0]
    given = NORMALISED[way](images.astype(precision)).astype(precision)
    told = images_of(identified(given, labels, "x"))
    np.testing.assert_allclose(told.scaled(images), given, rtol=2e-4, atol=2e-4)
    assert (told.divisor, told.offset, told.count) == (1.0, 0.0, len(images))


@pytest.mark.parametrize("way", [way for way in NORMALISED if way not in ("threshold", "root")])
def test_such_a_scaling_is_found_in_another_order(mnist: Any, way: str) -> None:
    images, labels = mnist[0]
    order = np.random.default_rng(3).permutation(len(images))
    given = NORMALISED[way](images.astype("float32"))[order]
    mixed = identified(given, labels[order], "x")
    assert not mixed.in_order
    np.testing.assert_allclose(images_of(mixed).scaled(images)[order], given, rtol=2e-3, atol=2e-3)


@pytest.mark.keras
def test_keras_own_normalisation_is_named(mnist: Any) -> None:
    from keras.utils import normalize

    images, labels = mnist[0]
    named = [identify(normalize(images, axis), labels, "x")["norm"] for axis in (-1, 1)]
    assert named == ["rows", "columns"]
    assert identify(normalize(images.reshape(-1, 784)), labels, "x")["norm"] == "image"


def images_of(named: Identified) -> Images:
    """As the grader reads it."""
    return read_images(named.fields | {"digest": "of the arrays"})
