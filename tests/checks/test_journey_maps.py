"""A picture is known by its numbers, however they are scaled."""

import numpy as np
import pytest

from grader.checks.journey_maps import LARGEST, numbers, other_filter

MAPS = np.random.default_rng(1).normal(size=(5, 6, 4)).astype(np.float32)
SCALED = {
    "as_it_is": lambda values: values,
    "larger": lambda values: 255 * values + 3,
    "upside_down_in_grey": lambda values: 1 - values,
}


@pytest.mark.parametrize("scale", SCALED.values(), ids=SCALED)
def test_another_filter_is_found_and_the_right_one_is_not(scale):
    shown = scale(MAPS[..., 2])
    assert other_filter(shown, MAPS, 2) is None
    assert other_filter(shown, MAPS, 1) == 2


def test_numbers_that_were_rounded_are_still_the_right_filter():
    shown = np.float64(np.uint8(np.clip(64 * MAPS[..., 2] + 128, 0, 255)))
    assert other_filter(shown, MAPS, 2) is None


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "map",
        3,
        np.zeros((5, 6)),
        np.full((5, 6), np.nan),
        np.full((5, 6), 1e300) * np.array([1, -1] * 3),
        MAPS[..., 0].T,
        MAPS.sum(axis=2),
        np.array([["a"] * 6] * 5),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_of_what_cannot_be_told_nothing_is_said(shown):
    assert other_filter(shown, MAPS, 1) is None


def test_a_filter_that_finds_nothing_may_be_shown():
    maps = MAPS.copy()
    maps[..., 1] = 0
    assert other_filter(maps[..., 1], maps, 1) is None
    assert other_filter(maps[..., 0], maps, 1) == 0


def test_pictures_in_colours_large_ones_and_texts_have_no_numbers():
    assert numbers(np.zeros((5, 6, 4))) is None
    assert numbers(np.zeros((2, LARGEST))) is None
    assert numbers(np.array([["a"]])) is None
    assert numbers(np.ma.masked_invalid([[1, 2]])).tolist() == [[1.0, 2.0]]
