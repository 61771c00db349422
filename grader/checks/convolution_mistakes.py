"""Common mistakes in ``convolve``, recognised by their results, and what to do about them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.checks.convolution_reference import reference, worst_inside
from grader.checks.pixels import GREY_LEVEL, Grey
from grader.language import N_, gettext

SUMS_FIRST = N_("If the claim about the sums inside the margin fails too, begin with that one.")
"""The last sentence where a mistake in the sums may be the cause."""


def diagnosis(answer: Grey, image: NDArray[Any], kernel: ArrayLike) -> str:
    """Name the common mistake that explains wrong sums.

    Args:
        answer: (rows, columns) the student's result, wrong inside the margin.
        image: (rows, columns) grey levels that it was calculated from.
        kernel: (3, 3) numbers that it was calculated with.

    Returns:
        A sentence or two for the student, with the next step.

    Example:
        In a check::

            raise ClaimFailed(f"The sums are wrong. {diagnosis(answer, image, kernel)}")
    """
    factors = np.asarray(kernel)
    if worst_inside(answer, reference(image, factors[::-1, ::-1])) is None:
        return gettext(
            "This is the kernel turned by 180 degrees, as mathematicians convolve. Multiply "
            "image[r-1+i, c-1+j] by kernel[i][j], as TensorFlow does."
        )
    if worst_inside(answer, reference(image, factors.T)) is None:
        return gettext(
            "The kernel's rows and columns are swapped: let i count rows and j count columns."
        )
    if _stands_too_high(answer, reference(image, kernel)):
        return gettext(
            "The result stands one row too high and one column too far left. Write the sum of the "
            "window whose middle is image[r, c] to result[r, c]."
        )
    if worst_inside(answer, np.where(answer == image, answer, reference(image, kernel))) is None:
        return gettext(
            "The wrong pixels still hold the image's values: let the loops reach every row from 1 "
            "to rows - 2, and every column likewise."
        )
    return gettext(
        "Multiply image[r-1+i, c-1+j] by kernel[i][j] for i and j from 0 to 2, add up the nine "
        "products, and write the sum into a new array, not into the image."
    )


def _stands_too_high(answer: Grey, expected: Grey) -> bool:
    """Tell whether each sum is at the corner of its window instead of its middle."""
    inside = expected[1:-1, 1:-1]
    return bool(np.abs(answer[: inside.shape[0], : inside.shape[1]] - inside).max() <= GREY_LEVEL)


def clipping_advice(given: float, total: float, pixel: float) -> str:
    """Give the next step for a sum that is not limited.

    Args:
        given: the grey level that the student's function gives.
        total: the sum, below 0 or above 255.
        pixel: the image's grey level there.

    Returns:
        A sentence or two for the student.

    Example:
        In a check::

            raise ClaimFailed(f"A sum is 300. {clipping_advice(300, 300, 20)}")
    """
    if abs(given - total) <= GREY_LEVEL:
        return gettext("Limit every sum on both sides, as np.clip(total, 0, 255) does.")
    if abs(given - total % 256) <= GREY_LEVEL:
        return gettext(
            "It started again at 0: limit the sum with np.clip before it is stored as uint8."
        )
    if total < 0 and abs(given - min(-total, 255)) <= GREY_LEVEL:
        return gettext(
            "This is the sum without its minus sign. Below 0 there is no grey level: limit the sum "
            "with np.clip(total, 0, 255), and leave abs out."
        )
    if given == pixel:  # or by chance: one pixel does not tell
        advice = gettext("That is also the image's value there: see whether the loops reach it.")
    else:
        advice = gettext("Limit the sum of all nine products, once it is complete.")
    return f"{advice} {gettext(SUMS_FIRST)}"


def dtype_advice(image: Any, *, right_as_floats: bool = True) -> str:
    """Give the next step that fits the kind of image.

    Args:
        image: (rows, columns) grey levels, as an array or as lists of lists.
        right_as_floats: whether the result is right for an array of floats with the same numbers.

    Returns:
        A sentence or two for the student.

    Example:
        In a check::

            raise ClaimFailed(f"convolve stopped at an overflow. {dtype_advice(image)}")
    """
    if not right_as_floats:
        return gettext(
            "An array of floats with the same numbers gives a wrong result, too: look at the "
            "calculation, not at the type of the image."
        )
    if isinstance(image, np.ndarray) and image.dtype == np.uint8:
        return gettext(
            "A uint8 holds 0 to 255 and starts again at 0: 250 + 10 gives 4. Convert before you "
            "calculate: image = np.array(image, dtype=float)."
        )
    return gettext(
        "Take the numbers of rows and columns from the image itself, and begin with "
        "image = np.array(image, dtype=float)."
    )
