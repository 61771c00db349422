"""The claims about prepared images and labels, passing and failing."""

import numpy as np
import pytest

from grader.checks.images import prepared_images, same_label_indices
from grader.errors import ClaimFailed

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
LABELS = np.array([9, 2, 1, 1, 6, 9, 9, 1], dtype=np.uint8)


@pytest.mark.keras
@pytest.mark.parametrize("precision", [np.float16, np.float32, np.float64])
def test_images_prepared_in_any_precision_pass(precision):
    prepared_images(
        lambda images: (images / 255.0).reshape(-1, 28, 28, 1).astype(precision), IMAGES
    )


@pytest.mark.keras
def test_a_tensor_passes():
    import tensorflow as tf

    prepared_images(lambda images: tf.cast(images[..., None], tf.float32) / 255.0, IMAGES)


def test_a_division_by_the_largest_value_passes_as_it_gives_the_same_numbers():
    prepared_images(lambda images: images[..., None] / images.max(), IMAGES)


def test_nothing_is_said_about_a_changed_input():
    def prepare(images):
        prepared = images[..., np.newaxis] / 255.0
        images[:] = 0
        return prepared

    before = IMAGES.copy()
    prepared_images(prepare, IMAGES)
    assert np.array_equal(IMAGES, before)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda images: None, "None"),
        (lambda images: images / 255.0, "last axis, for the one grey channel, is missing"),
        (lambda images: images.reshape(-1, 784) / 255.0, "2 axes, not 4"),
        (lambda images: images[:3, ..., None] / 255.0, "axis 0, the images, has 3 instead of 5"),
        (lambda images: images[:, :27, :, None] / 255.0, "axis 1, the rows, has 27"),
        (lambda images: np.stack([images] * 3, -1) / 255.0, "axis 3, the channels, has 3"),
        (lambda images: images[..., None], "still has values up to 255"),
        (lambda images: images[..., None].astype(float), "still has values up to 255"),
        (lambda images: images[..., None] // 255, "holds whole numbers"),
        (lambda images: images[..., None] > 127, "holds whole numbers"),
        (lambda images: images[..., None] / 256.0, "its grey level divided by 255"),
        (lambda images: images.transpose(0, 2, 1)[..., None] / 255.0, "Keep the order"),
        (lambda images: images[::-1, ..., None] / 255.0, "Keep the order"),
        (lambda images: np.zeros((5, 28, 28, 1)), "expected 1.0000"),
    ],
)
def test_wrong_images_fail_in_their_own_words(prepare, words):
    with pytest.raises(ClaimFailed, match=words):
        prepared_images(prepare, IMAGES)


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_the_first_indices_pass(kind):
    same_label_indices(lambda *_: kind([0, 5]), LABELS, 9, 2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([0, 5, 6], "3 indices instead of 2"),
        ([0], "1 index instead of 2"),
        ([0, 5, 6, 7, 8], r"gave 5 indices, expected \[0, 5\]"),
        ([1, 6], "image 1 has the label 2, not 9"),
        ([0, 8], "there is no image 8"),
        ([-8, 5], "there is no image -8"),
        ([5, 6], "not the first"),
        ([5, 0], "not the first, in order"),
        (None, "None"),
        ([0.0, 5.0], "Expected: a list of whole numbers"),
    ],
)
def test_other_indices_fail_in_their_own_words(answer, words):
    with pytest.raises(ClaimFailed, match=words):
        same_label_indices(lambda *_: answer, LABELS, 9, 2)


def test_a_changed_copy_of_the_labels_changes_no_verdict():
    def same_label(labels, label, count):
        labels[:] = label
        return [0, 1]

    with pytest.raises(ClaimFailed, match=r"image 1.*label 2"):
        same_label_indices(same_label, LABELS, 9, 2)
