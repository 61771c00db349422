"""Filters are judged by what they answer to, whatever their numbers."""

import re

import numpy as np
import pytest

from grader.checks import filters
from grader.errors import ClaimFailed

EDGES = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
VERTICAL = np.array([[-1, 2, -1]] * 3)


@pytest.mark.parametrize(
    "kernel",
    [
        VERTICAL,
        VERTICAL.tolist(),
        -VERTICAL,
        np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        np.array([[0, 0, 0], [-1, 2, -1], [0, 0, 0]]),
        np.array([[-1, 1, 0]] * 3),
        VERTICAL / 3,
        np.array([[-0.1, 0.2, -0.1]] * 3) * 3,
    ],
)
def test_many_filters_find_lines(kernel):
    filters.vertical_lines(kernel)
    filters.horizontal_lines(np.transpose(kernel).tolist())


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (VERTICAL + 1, "VERTICAL_LINES sum to 9, expected 0"),
        (VERTICAL.T, "It finds the lines across. Swap the two filters"),
        (EDGES, "Make the numbers alike along a line"),
        (np.zeros((3, 3)), "answers to clear vertical lines with 0 of 255, expected at least 60"),
        (VERTICAL / 100, "answers to clear vertical lines with 9 of 255"),
        (np.zeros((3, 4)), "VERTICAL_LINES has the shape (3, 4). Expected: (3, 3)."),
        ([[1, 2], [3]], "VERTICAL_LINES is made of rows with different lengths"),
        (None, "VERTICAL_LINES is None"),
        ([[np.nan] * 3] * 3, "VERTICAL_LINES holds NaN"),
    ],
)
def test_vertical_lines_names_the_mistake(kernel, words):
    with pytest.raises(ClaimFailed, match=re.escape(words)):
        filters.vertical_lines(kernel)


@pytest.mark.parametrize("kernel", [VERTICAL, EDGES, VERTICAL.T + 1, None])
def test_horizontal_lines_names_the_filter(kernel):
    with pytest.raises(ClaimFailed, match="HORIZONTAL_LINES"):
        filters.horizontal_lines(kernel)
