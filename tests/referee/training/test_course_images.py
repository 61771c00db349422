from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from grader import datasets
from grader.errors import DeclarationRefused, RefereeError
from grader.referee.training.course_images import CourseImages
from tests.referee import small


@pytest.fixture(scope="module")
def course(data: Path) -> CourseImages:
    return CourseImages(data)


@pytest.mark.parametrize(
    ("divisor", "offset", "shape"),
    [(255.0, 0.0, (28, 28, 1)), (1.0, 0.0, (28, 28)), (127.5, -1.0, (784,)), (-255.0, 1.0, (784,))],
)
def test_rows_are_scaled_as_a_student_scales_them(
    course: CourseImages, data: Path, divisor: float, offset: float, shape: tuple[int, ...]
) -> None:
    wanted = small.images(data, 20, first=5, divisor=divisor, offset=offset, shape=shape)
    images, labels = course.rows(wanted, training=True)
    (raw, all_labels), _ = datasets.load(data, "mnist")
    expected = (raw[5:25] / divisor + offset).astype("float32").reshape(20, *shape)
    np.testing.assert_array_equal(images, expected)
    np.testing.assert_array_equal(labels, all_labels[5:25])
    assert images.dtype == np.float32


def test_picked_rows_are_those_with_a_bit(course: CourseImages, data: Path) -> None:
    bits = base64.b64encode(np.packbits([1, 0, 0, 1]).tobytes()).decode()
    images, labels = course.rows(small.images(data, 2, first=7, rows=bits), training=True)
    (raw, all_labels), _ = datasets.load(data, "mnist")
    np.testing.assert_array_equal(images[..., 0], (raw[[7, 10]] / 255).astype("float32"))
    np.testing.assert_array_equal(labels, all_labels[[7, 10]])
    with pytest.raises(DeclarationRefused, match="rows 2399 to 2402 were asked for"):
        course.rows(small.images(data, 2, first=2399, rows=bits), training=True)


def test_both_parts_are_scaled_by_image_where_that_was_given(
    course: CourseImages, data: Path
) -> None:
    wanted = small.images(data, 20, divisor=1.0, norm="image", shape=(784,))
    for images in (course.rows(wanted, training=True)[0], course.whole(wanted, "test")[0]):
        np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1, rtol=1e-5)


def test_labels_may_be_rows_of_zeros_and_ones(course: CourseImages, data: Path) -> None:
    _, rows = course.rows(small.images(data, 20, one_hot=True), training=True)
    _, labels = course.rows(small.images(data, 20), training=True)
    assert rows.shape == (20, 10)
    np.testing.assert_array_equal(rows.argmax(1), labels)
    np.testing.assert_array_equal(rows.sum(1), np.ones(20))


def test_the_whole_of_a_part_has_plain_labels(course: CourseImages, data: Path) -> None:
    images, labels = course.whole(small.images(data, 20, one_hot=True, divisor=2.0), "test")
    assert images.shape == (1000, 28, 28, 1)
    assert images.max() == 127.5
    assert labels.shape == (1000,)
    assert course.count(small.images(data)) == 2400


def test_test_images_may_be_tried_but_not_trained_on(course: CourseImages, data: Path) -> None:
    tested = small.images(data, 20, part="test")
    assert len(course.rows(tested, training=False)[0]) == 20
    with pytest.raises(DeclarationRefused, match="validation_data"):
        course.rows(tested, training=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": 2400}, r"rows 2400 to 2419 were asked for: the train part of mnist has 2400 im"),
        ({"dataset": "../mnist"}, r"\.\./mnist is no data set of the course"),
    ],
)
def test_what_there_is_not_is_refused(
    course: CourseImages, data: Path, changes: dict[str, Any], words: str
) -> None:
    wanted = replace(small.images(data, 20), **changes)
    with pytest.raises(DeclarationRefused, match=words):
        course.rows(wanted, training=True)


def test_other_arrays_than_the_declared_are_the_referees_fault(
    course: CourseImages, data: Path
) -> None:
    wanted = small.images(data, 20, digest=small.digest_of(data, "fashion_mnist"))
    with pytest.raises(RefereeError, match=r"other images of mnist .*grader data"):
        course.rows(wanted, training=True)
