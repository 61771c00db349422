"""No check passes because a comparison with NaN is false, or because a number overflows."""

import math

import numpy as np
import pytest

from grader.checks import convolution, filters, pooling
from grader.checks.answers import array
from grader.checks.further_seeds import highest, out_of_reach
from grader.checks.images import prepared_images
from grader.errors import ClaimFailed

HUGE, TINY = 1e308, 5e-324  # near the largest double, and the smallest above 0
EXTREMES = [math.nan, math.inf, -math.inf, HUGE, -HUGE, TINY, np.longdouble("1e4000")]
IMAGE = np.arange(36).reshape(6, 6) * 7 % 256
SAME = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def lines(number):
    """Numbers that sum to 0, and change sign across vertical and horizontal lines alike."""
    return [[number, -number, 0], [-number, number, 0], [0, 0, 0]]


@pytest.mark.parametrize("number", EXTREMES)
@pytest.mark.parametrize("check", [filters.vertical_lines, filters.horizontal_lines])
def test_no_filter_of_extreme_numbers_finds_lines(check, number):
    with pytest.raises(ClaimFailed), np.errstate(all="ignore"):
        check(lines(number))
    with pytest.raises(ClaimFailed), np.errstate(all="ignore"):
        check([[-number, 2 * number, -number]] * 3 if abs(number) == HUGE else [[number] * 3] * 3)


def test_filters_may_have_large_numbers():
    filters.vertical_lines(1e9 * np.array([[-1, 2, -1]] * 3))
    filters.horizontal_lines(1e9 * np.array([[-1, 2, -1]] * 3).T)


@pytest.mark.parametrize("number", EXTREMES)
@pytest.mark.parametrize(
    "asked",
    [
        lambda f: convolution.margin(f, IMAGE, SAME),
        lambda f: convolution.values(f, IMAGE, SAME),
        lambda f: convolution.clips(f, IMAGE + 100, [[0, 0, 0], [0, 3, 0], [0, 0, 0]]),
        lambda f: convolution.weighs(f, IMAGE, SAME, 0.5),
        lambda f: convolution.any_image(f, IMAGE, SAME),
        lambda f: convolution.from_scratch(f, IMAGE + 60, SAME),
    ],
)
def test_no_convolution_of_extreme_numbers_is_right(asked, number):
    with pytest.raises(ClaimFailed):
        asked(lambda image, kernel, weight=1.0: np.full(np.shape(image), number))


@pytest.mark.parametrize("number", EXTREMES)
def test_no_pooling_of_extreme_numbers_is_right(number):
    with pytest.raises(ClaimFailed):
        pooling.values(lambda image, size=2: np.full((3, 3), number), IMAGE)


@pytest.mark.parametrize("number", [math.nan, math.inf, np.longdouble("1e4000")])
def test_no_pooling_agrees_with_itself_on_what_is_no_number(number):
    with pytest.raises(ClaimFailed):
        pooling.drops_incomplete(lambda image, size=2: np.full((3, 3), number), IMAGE)
    with pytest.raises(ClaimFailed):
        pooling.shape(lambda image, size=2: np.full((3, 3), number), IMAGE)


@pytest.mark.parametrize("number", EXTREMES)
def test_no_images_of_extreme_numbers_are_prepared(number):
    pictures = np.full((2, 4, 4), 51, np.uint8)
    with pytest.raises(ClaimFailed):
        prepared_images(lambda images: np.full((2, 4, 4, 1), number), pictures)


def test_what_only_a_longer_float_can_hold_is_no_finite_answer():
    with pytest.raises(ClaimFailed, match="NaN"):
        array(np.array([np.longdouble("1e4000")]), what="x")
    assert array(np.array([np.longdouble("1.5")]), what="x").dtype == np.float64


@pytest.mark.parametrize("order", [1, -1])
def test_an_epoch_without_an_accuracy_is_not_the_best(order):
    assert highest([math.nan, 0.9, math.inf][::order]) == 0.9
    assert highest([math.nan]) == 0.0


def test_a_training_without_accuracies_reaches_nothing():
    assert out_of_reach([math.nan] * 9, 10, 0.998)
