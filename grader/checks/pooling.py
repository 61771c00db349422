"""Checks on a student's function ``max_pool(image, size=2)``: maxima, shape, incomplete blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array
from grader.checks.pixels import Grey, kind, place, worst
from grader.errors import ClaimFailed
from grader.language import gettext

Student = Callable[..., object]

EXACT = 0.001
"""A maximum is one of the pixels, and every type of float holds grey levels exactly."""


def values(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check the maximum of each block.

    Args:
        max_pool: the student's function.
        image: (rows, columns) grey levels; both sides are multiples of ``size``.
        size: side of a block in pixels; left out of the call where it is 2.

    Raises:
        ClaimFailed: a value is not the largest of its block, or the shape is another.

    Example:
        In a test cell, with the student's ``max_pool``::

            values(max_pool, np.random.default_rng().integers(0, 256, (12, 12)), size=4)
    """
    rows, columns = (side // size for side in image.shape)
    expected = image.reshape(rows, size, columns, size).max(axis=(1, 3))
    answer = _pooled(max_pool, image, size, shape=expected.shape)
    wrong = worst(np.abs(answer - expected), tolerance=EXACT)
    if wrong is None:
        return
    top, left = wrong[0] * size, wrong[1] * size
    block = image[top : top + size, left : left + size].tolist()
    raise ClaimFailed(
        "With size {size} the block {block} became {answer:g} at {place}, expected "
        "its largest value, {expected:g}. {advice}",
        size=size,
        block=block,
        answer=answer[wrong],
        place=place(wrong),
        expected=expected[wrong],
        advice=_advice(answer, image, size),
    )


def _advice(answer: Grey, image: NDArray[Any], size: int) -> str:
    """Name the common mistake that explains wrong values, and the next step."""
    rows, columns = answer.shape
    blocks = image.reshape(rows, size, columns, size)
    if worst(np.abs(answer - blocks.mean(axis=(1, 3)))) is None:
        return gettext("These are the means of the blocks: take .max() of each block, not .mean().")
    if worst(np.abs(answer - blocks.min(axis=(1, 3)))) is None:
        return gettext("These are the smallest values: take .max() of each block, not .min().")
    if worst(np.abs(answer - image[::size, ::size])) is None:
        return gettext("These are the first pixels of the blocks: look at all of a block's pixels.")
    return gettext(
        "Take the maximum of image[r*size : r*size+size, c*size : c*size+size] for result[r, c]: "
        "blocks stand side by side and do not overlap."
    )


def shape(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check the shape of the result, and not its values.

    Args:
        max_pool: the student's function.
        image: (rows, columns) grey levels; both sides are multiples of ``size``.
        size: side of a block in pixels; left out of the call where it is 2.

    Raises:
        ClaimFailed: the result is no array of (rows / size, columns / size) numbers.

    Example:
        In a test cell, with the student's ``max_pool``::

            shape(max_pool, np.random.default_rng().integers(0, 256, (12, 20)))
    """
    rows, columns = image.shape
    _pooled(max_pool, image, size, shape=(rows // size, columns // size))


def drops_incomplete(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check that incomplete blocks are dropped: the cropped image must give the same result.

    Args:
        max_pool: the student's function.
        image: (rows, columns) grey levels; a side is no multiple of ``size``.
        size: side of a block in pixels; left out of the call where it is 2.

    Raises:
        ClaimFailed: incomplete blocks change the shape or the values.

    Example:
        In a test cell, with the student's ``max_pool``::

            drops_incomplete(max_pool, np.random.default_rng().integers(0, 256, (7, 7)))
    """
    rows, columns = (side // size for side in image.shape)
    answer = _pooled(max_pool, image, size, shape=(rows, columns))
    cropped = image[: rows * size, : columns * size]
    expected = _pooled(max_pool, cropped, size, shape=(rows, columns))
    wrong = worst(np.abs(answer - expected), tolerance=EXACT)
    if wrong is not None:
        raise ClaimFailed(
            "For {kind} max_pool gives {answer:g} at {place}, but "
            "{expected:g} once the incomplete last row and column of blocks are cut off. "
            "Drop them: they must not change the result.",
            kind=kind(image),
            answer=answer[wrong],
            place=place(wrong),
            expected=expected[wrong],
        )


def _pooled(max_pool: Student, image: NDArray[Any], size: int, shape: tuple[int, ...]) -> Grey:
    """Call with a copy, and leave out ``size`` where it is the default."""
    arguments = () if size == 2 else (size,)
    what = gettext("max_pool's result for {kind} and size {size}", kind=kind(image), size=size)
    return array(max_pool(image.copy(), *arguments), what=what, shape=shape).astype(np.float64)
