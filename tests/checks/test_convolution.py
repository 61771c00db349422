"""Each check on convolve passes what is right in its own respect, and names what is wrong."""

import re

import numpy as np
import pytest

from grader.checks import convolution
from grader.checks.protocols import FunctionProxy
from grader.errors import ClaimFailed

BLUR = [[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]]
CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
EDGES = [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
LOPSIDED = [[0.5, 0.25, 0], [0.125, 0, 0], [0, 0, 0.125]]
STAIRS = np.array([[0, 0, 0, 0], [0, 10, 20, 0], [0, 40, 50, 0], [0, 0, 0, 0]])


def image(side=12, low=0, high=256, dtype=np.int64):
    return np.random.default_rng(7).integers(low, high, (side, side), dtype=dtype)


def loops(image, kernel, weight=1.0):
    """Convolve as a student would write it."""
    image = np.array(image, dtype=float)
    rows, columns = image.shape
    result = image.copy()
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            total = sum(
                image[r - 1 + i, c - 1 + j] * kernel[i][j] for i in range(3) for j in range(3)
            )
            result[r, c] = min(max(weight * total, 0), 255)
    return result


def zero_margin(image, kernel, weight=1.0):
    result = np.zeros(np.shape(image))
    result[1:-1, 1:-1] = loops(image, kernel, weight)[1:-1, 1:-1]
    return result


def unclipped(image, kernel, weight=1.0):
    """Undo the clipping by going through small sums."""
    half = loops(np.array(image) / 4096, kernel, weight) - loops(
        np.array(image) / 4096, -np.array(kernel), weight
    )
    half[[0, -1]], half[:, [0, -1]] = np.array(image)[[0, -1]], np.array(image)[:, [0, -1]]
    half[1:-1, 1:-1] *= 4096
    return half


def wrapping(image, kernel, weight=1.0):
    """Calculate in the image's own type."""
    image = np.array(image)
    rows, columns = image.shape
    total = 0
    for i in range(3):
        for j in range(3):
            total = total + image[i : rows - 2 + i, j : columns - 2 + j] * kernel[i][j]
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result


def emptying(image, kernel, weight=1.0):
    result = loops(image, kernel, weight)
    for row in image:
        row[:] = [0] * len(row)
    return result


def refused(words):
    return pytest.raises(ClaimFailed, match=re.escape(words))


@pytest.mark.parametrize(
    "convolve",
    [
        loops,
        emptying,
        lambda *question: loops(*question).tolist(),
        lambda *question: loops(*question).astype(np.uint8),
        lambda *question: loops(*question).round().astype(np.float16),
    ],
)
def test_right_answers_pass_everything(convolve):
    convolution.margin(convolve, image(), CROSS)
    convolution.values(convolve, image(), LOPSIDED)
    convolution.clips(convolve, image(), EDGES)
    convolution.weighs(convolve, image(), CROSS, 0.2)
    convolution.from_scratch(convolve, image(), BLUR)
    convolution.any_image(convolve, image(dtype=np.uint8), CROSS)
    convolution.any_image(convolve, image(dtype=np.uint8), EDGES)
    convolution.any_image(convolve, image()[:, :5], BLUR)
    convolution.any_image(convolve, image().tolist(), BLUR)


def test_the_question_is_handed_out_as_a_copy():
    question, kernel = image(), [[0, 0, 0], [0, 1, 0], [0, 0, 0]]

    def spoiling(image, kernel):
        result = loops(image, kernel)
        image[:], kernel[1][1] = 0, 5
        return result

    convolution.values(spoiling, question, kernel)
    np.testing.assert_array_equal(question, image())
    assert kernel[1][1] == 1


def test_margin_names_a_black_margin():
    with refused("The margin is all 0: at row "):
        convolution.margin(zero_margin, image(), CROSS)


def test_margin_names_a_changed_margin():
    with refused("The margin is changed: at row "):
        convolution.margin(lambda *question: loops(*question) + 2, image(), CROSS)


def test_margin_is_blind_to_the_inside():
    convolution.margin(lambda image, _: image, image(), CROSS)


def test_values_are_blind_to_the_margin_and_to_clipping():
    convolution.values(zero_margin, image(), LOPSIDED)
    convolution.values(unclipped, image(), LOPSIDED)


@pytest.mark.parametrize(
    ("convolve", "words"),
    [
        (lambda image, kernel: loops(image, np.array(kernel)[::-1, ::-1]), "turned by 180 degrees"),
        (lambda image, kernel: loops(image, np.array(kernel).T), "rows and columns are swapped"),
        (lambda image, kernel: image, "The wrong pixels still hold the image's values"),
        (lambda image, kernel: loops(image, kernel) + 2, "Multiply image[r-1+i, c-1+j]"),
        (lambda image, kernel: np.full(image.shape, 300), "convolve gives 300, expected "),
    ],
)
def test_values_name_the_mistake(convolve, words):
    with refused(words):
        convolution.values(convolve, image(), LOPSIDED)


def test_values_name_the_place():
    def wrong_at_one_place(image, kernel):
        result = loops(image, kernel)
        result[2, 1] += 5
        return result

    with refused("At row 2, column 1 convolve gives 45, expected 40."):
        convolution.values(wrong_at_one_place, STAIRS, [[0, 0, 0], [0, 1, 0], [0, 0, 0]])


def test_values_allow_one_grey_level():
    convolution.values(lambda *question: loops(*question) + 1, image(), LOPSIDED)


def test_values_refuse_another_shape():
    with refused(
        "convolve's result for an image of 12 x 12 pixels (int64) has the shape (10, 10). "
        "Expected: (12, 12)."
    ):
        convolution.values(lambda *question: loops(*question)[1:-1, 1:-1], image(), LOPSIDED)


def test_clips_name_both_sides():
    with refused("below 0: it should become 0, but convolve gives -"):
        convolution.clips(unclipped, image(), -np.array(CROSS))
    with refused("above 255: it should become 255, but convolve gives "):
        convolution.clips(unclipped, image(), CROSS)


def test_clips_are_blind_to_sums_within_the_range():
    def rough(image, kernel):
        result = loops(image, kernel)
        return np.where((result > 0) & (result < 255), 77, result)

    convolution.clips(rough, image(), EDGES)


def test_weight_ignored():
    with refused("The weight has no effect. Multiply the sum"):
        convolution.weighs(lambda image, kernel, _: loops(image, kernel), image(), BLUR, 0.5)


def test_weight_applied_after_clipping():
    def late(image, kernel, weight):
        return weight * loops(image, kernel)

    with refused("With weight 0.2 convolve gives 51"):
        convolution.weighs(late, image(low=60), CROSS, 0.2)


def test_any_image_explains_uint8():
    with refused("(uint8) convolve gives "), np.errstate(over="ignore"):
        convolution.any_image(wrapping, image(low=20, high=120, dtype=np.uint8), CROSS)
    with refused("250 + 10 gives 4. Convert before you calculate"):
        convolution.any_image(wrapping, image(low=20, high=120, dtype=np.uint8), CROSS)


def test_any_image_does_not_blame_uint8_for_wrong_sums():
    def halved(image, kernel, weight=1.0):
        return loops(image, kernel, weight) / 2

    with refused("look at the calculation, not at the type"):
        convolution.any_image(halved, image(dtype=np.uint8), CROSS)


def test_any_image_explains_that_numpy_refuses_uint8_times_a_negative_number():
    with refused("convolve stopped at an image of 12 x 12 pixels (uint8)"):
        convolution.any_image(wrapping, image(dtype=np.uint8), EDGES)


def test_any_image_leaves_clipping_to_its_own_claim():
    convolution.any_image(unclipped, image(dtype=np.uint8), EDGES)


def test_any_image_names_nested_lists():
    def rows_only(image, kernel):
        return loops(np.array(image)[:, ::-1], kernel)

    with refused("For an image of 12 x 12 pixels (nested lists) convolve gives "):
        convolution.any_image(rows_only, image().tolist(), BLUR)


def test_from_scratch_refuses_an_answer_that_is_none():
    with refused("is None (is a return missing?)"):
        convolution.from_scratch(lambda *_: None, image(), BLUR)


def test_from_scratch_refuses_what_does_not_convolve():
    with refused("With no library's convolution at hand convolve gives "):
        convolution.from_scratch(lambda image, _: image, image(), BLUR)


def test_from_scratch_leaves_other_mistakes_to_their_claims():
    convolution.from_scratch(zero_margin, image(), BLUR)
    convolution.from_scratch(unclipped, image(), BLUR)
    convolution.from_scratch(wrapping, image(), BLUR)


def test_from_scratch_refuses_a_wrapper():
    def wrapper(image, kernel):
        rows = [np.convolve(row, kernel[1][::-1], mode="same") for row in image]
        return np.array(rows)

    with refused("convolve uses numpy.convolve. This exercise wants the sum itself"):
        convolution.from_scratch(wrapper, image(), BLUR)


def test_from_scratch_asks_a_handle_where_only_numpy_exists():
    class Handle(FunctionProxy):
        def __call__(self, image, kernel):
            raise AssertionError("asked where all libraries are")

        def call_blocked(self, image, kernel):
            return loops(image, kernel)

    convolution.from_scratch(Handle(), image(), BLUR)
