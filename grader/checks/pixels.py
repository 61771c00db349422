"""Words and measures that the checks on grey images share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.language import gettext

Grey = NDArray[np.float64]

GREY_LEVEL = 1.001
"""Rounding and cutting off decimals are both fine, and so is float32."""


def worst(off: Grey, tolerance: float = GREY_LEVEL) -> tuple[int, ...] | None:
    """Find the place where a difference is largest.

    Args:
        off: absolute differences, of any shape.
        tolerance: up to which differences are accepted.

    Returns:
        Its index; None where all differences are within the tolerance.

    Example:
        In a check::

            wrong = worst(np.abs(answer - expected))
    """
    if not off.size or off.max() <= tolerance:
        return None
    return tuple(int(index) for index in np.unravel_index(int(off.argmax()), off.shape))


def kind(image: Any) -> str:
    """Describe the kind of an image, for a message.

    Args:
        image: (rows, columns) grey levels, as an array or as lists of lists.

    Returns:
        For example ``an image of 9 x 17 pixels (uint8)``.

    Example:
        In a check::

            raise ClaimFailed(f"For {kind(image)} max_pool returns None.")
    """
    rows, columns = np.shape(image)
    form = image.dtype if isinstance(image, np.ndarray) else gettext("nested lists")
    return gettext(
        "an image of {rows} x {columns} pixels ({form})", rows=rows, columns=columns, form=form
    )


def place(index: tuple[int, ...]) -> str:
    """Describe an index, for a message.

    Args:
        index: (row, column).

    Returns:
        For example ``row 3, column 4``.

    Example:
        In a check::

            raise ClaimFailed(f"At {place(wrong)} the value is {answer[wrong]:g}.")
    """
    return gettext("row {row}, column {column}", row=index[0], column=index[1])
