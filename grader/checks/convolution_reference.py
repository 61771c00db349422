"""The result that ``convolve`` should give, and where an answer differs from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from grader.checks.pixels import Grey, worst


def reference(image: ArrayLike, kernel: ArrayLike, weight: float = 1.0) -> Grey:
    """Convolve as the course defines it: the kernel is not flipped.

    Args:
        image: (rows, columns) grey levels, of any dtype.
        kernel: (3, 3) numbers.
        weight: the factor of every sum.

    Returns:
        (rows, columns) float64 in [0, 255]; the outermost pixels keep the image's values.

    Example:
        In a check::

            expected = reference(image, [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    """
    result = np.array(image, np.float64)
    result[1:-1, 1:-1] = np.clip(weighted_sums(image, kernel, weight), 0, 255)
    return result


def weighted_sums(image: ArrayLike, kernel: ArrayLike, weight: float = 1.0) -> Grey:
    """Calculate the sums inside the margin, without clipping them.

    Args:
        image: (rows, columns) grey levels, of any dtype.
        kernel: (3, 3) numbers.
        weight: the factor of every sum.

    Returns:
        (rows - 2, columns - 2) float64.

    Example:
        In a check::

            assert weighted_sums(image, kernel).max() <= 255
    """
    pixels, factors = np.asarray(image, np.float64), np.asarray(kernel, np.float64)
    rows, columns = pixels.shape
    total = np.zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += pixels[i : rows - 2 + i, j : columns - 2 + j] * factors[i, j]
    return weight * total


def worst_inside(answer: Grey, expected: Grey) -> tuple[int, ...] | None:
    """Find the most wrong pixel inside the margin.

    Args:
        answer: (rows, columns) the student's result.
        expected: (rows, columns) the right result.

    Returns:
        Its (row, column); None if all pixels inside are right to one grey level.

    Example:
        In a check::

            wrong = worst_inside(answer, reference(image, kernel))
    """
    off = np.zeros(answer.shape)
    off[1:-1, 1:-1] = np.abs(answer - expected)[1:-1, 1:-1]
    return worst(off)
