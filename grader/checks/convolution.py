"""Checks on a student's convolution.

Each check judges one thing and is blind to the others: the margin is not looked at where the sum
is judged, a clipped answer is not asked for where the weight is. So one mistake costs one claim,
provided that the questions keep apart what the docstrings ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.checks.answers import array
from grader.checks.pixels import Grey, kind, place, worst
from grader.checks.withheld import withheld
from grader.errors import ClaimFailed

Student = Callable[..., object]


def reference(image: ArrayLike, kernel: ArrayLike, weight: float = 1.0) -> Grey:
    """Convolve as the course defines it, in the order of ``image``: the kernel is not flipped.

    Args:
        image: (rows, columns), grey levels of any dtype.
        kernel: (3, 3).
        weight: what every sum is multiplied by.

    Returns:
        (rows, columns) in [0, 255]; the outermost pixels keep the image's values.

    """
    result = np.array(image, np.float64)
    result[1:-1, 1:-1] = np.clip(_sums(image, kernel, weight), 0, 255)
    return result


def margin(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that the outermost rows and columns keep the image's values."""
    answer = _convolved(convolve, image, kernel)
    border = np.ones(image.shape, bool)
    border[1:-1, 1:-1] = False
    wrong = worst(np.where(border, np.abs(answer - image), 0))
    if wrong is None:
        return
    zero = not answer[border].any()
    raise ClaimFailed(
        f"The margin is {'all 0' if zero else 'changed'}: at {place(wrong)} convolve gives "
        f"{answer[wrong]:g}, expected {image[wrong]:g} as in the image. "
        "Start from a copy of the image, and change only the pixels inside the margin."
    )


def values(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check the sums inside the margin, to one grey level.

    Ask with sums between 0 and 255 alone, so that nothing has to be clipped.
    """
    answer = _convolved(convolve, image, kernel)
    wrong = _wrong_inside(answer, reference(image, kernel))
    if wrong is None:
        return
    raise ClaimFailed(
        f"At {place(wrong)} convolve gives {answer[wrong]:g}, expected "
        f"{reference(image, kernel)[wrong]:g}. {_diagnosis(answer, image, kernel)}"
    )


def clips(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that sums below 0 become 0 and sums above 255 become 255; others are not looked at.

    Ask with a kernel that is the same when turned round: its order is judged elsewhere.
    """
    answer = _convolved(convolve, image, kernel)
    raw = reference(image, kernel)
    raw[1:-1, 1:-1] = _sums(image, kernel, 1.0)
    limits = np.clip(raw, 0, 255)
    wrong = _wrong_inside(np.where(raw == limits, raw, answer), limits)
    if wrong is None:
        return
    side = "below 0: it should become 0" if raw[wrong] < 0 else "above 255: it should become 255"
    raise ClaimFailed(
        f"At {place(wrong)} the sum is {raw[wrong]:g}, {side}, but convolve gives "
        f"{answer[wrong]:g}. Limit every sum on both sides, as np.clip(total, 0, 255) does."
    )


def weighs(convolve: Student, image: NDArray[Any], kernel: ArrayLike, weight: float) -> None:
    """Check that the third argument multiplies every sum.

    Ask with sums that stay between 0 and 255, and a kernel that is the same when turned round.
    """
    answer = _convolved(convolve, image, kernel, weight)
    expected = reference(image, kernel, weight)
    wrong = _wrong_inside(answer, expected)
    if wrong is None:
        return
    ignored = _wrong_inside(answer, reference(image, kernel)) is None
    raise ClaimFailed(
        f"With weight {weight:g} convolve gives {answer[wrong]:g} at {place(wrong)}, expected "
        f"{expected[wrong]:g}. "
        + ("The weight has no effect. " if ignored else "")
        + "Multiply the sum of the nine products by weight, before it is clipped."
    )


def any_image(convolve: Student, image: Sequence[Any] | NDArray[Any], kernel: ArrayLike) -> None:
    """Check one more kind of image: another shape, ``uint8``, fractions, or nested lists.

    Answers are clipped before they are compared, since clipping is judged elsewhere. Ask with a
    kernel that is the same when turned round.
    """
    answer = np.clip(_convolved(convolve, image, kernel), 0, 255)
    expected = reference(image, kernel)
    wrong = _wrong_inside(answer, expected)
    if wrong is None:
        return
    raise ClaimFailed(
        f"For {kind(image)} convolve gives {answer[wrong]:g} at {place(wrong)}, expected "
        f"{expected[wrong]:g}. {_about_dtype(image)}"
    )


def from_scratch(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that ``convolve`` still works where the libraries' convolutions are withheld.

    A callable whose class has ``__withheld__(image, kernel)`` is asked through that: it computes
    the answer where there is no other library than numpy. Any other runs here, with the
    convolutions of loaded libraries replaced for the time of the call: a best effort, since
    Python hides nothing from a program that looks for it.

    Ask as for ``any_image``: a mistake that costs another claim is not counted here again.
    """
    if hasattr(type(convolve), "__withheld__"):
        answer = _convolved(convolve.__withheld__, image, kernel)  # type: ignore[attr-defined]
    else:
        with withheld(convolve):
            answer = _convolved(convolve, image, kernel)
    wrong = _wrong_inside(np.clip(answer, 0, 255), reference(image, kernel))
    if wrong is not None:
        raise ClaimFailed(
            f"With no library's convolution at hand convolve gives {answer[wrong]:g} at "
            f"{place(wrong)}, expected {reference(image, kernel)[wrong]:g}. "
            "Write the sum over the 3x3 neighbourhood yourself, with loops or slices. If the sums "
            "are wrong with a library too, put them right first."
        )


def _sums(image: ArrayLike, kernel: ArrayLike, weight: float) -> Grey:
    """Return the weighted sums inside the margin, not clipped."""
    pixels, factors = np.asarray(image, np.float64), np.asarray(kernel, np.float64)
    rows, columns = pixels.shape
    total = np.zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += pixels[i : rows - 2 + i, j : columns - 2 + j] * factors[i, j]
    return weight * total


def _convolved(convolve: Student, image: Any, *arguments: Any) -> Grey:
    """Call with copies, since a student may change what is handed in."""
    what = f"convolve's result for {kind(image)}"
    try:
        answer = convolve(deepcopy(image), *deepcopy(arguments))
    except OverflowError as error:
        raise ClaimFailed(
            f"convolve stopped at {kind(image)}: {error}. {_about_dtype(image)}"
        ) from error
    return array(answer, what=what, shape=np.shape(image)).astype(np.float64)


def _wrong_inside(answer: Grey, expected: Grey) -> tuple[int, ...] | None:
    """Return the most wrong pixel inside the margin, or None."""
    off = np.zeros(answer.shape)
    off[1:-1, 1:-1] = np.abs(answer - expected)[1:-1, 1:-1]
    return worst(off)


def _diagnosis(answer: Grey, image: NDArray[Any], kernel: ArrayLike) -> str:
    """Name the common mistake that explains wrong sums."""
    factors = np.asarray(kernel)
    if _wrong_inside(answer, reference(image, factors[::-1, ::-1])) is None:
        return (
            "This is the kernel turned by 180 degrees, as mathematicians convolve. Multiply "
            "image[r-1+i, c-1+j] by kernel[i][j], as TensorFlow does."
        )
    if _wrong_inside(answer, reference(image, factors.T)) is None:
        return "The kernel's rows and columns are swapped: let i count rows and j count columns."
    if _wrong_inside(answer, np.where(answer == image, answer, reference(image, kernel))) is None:
        return (
            "The wrong pixels still hold the image's values: let the loops reach every row from 1 "
            "to rows - 2, and every column likewise."
        )
    return (
        "Multiply image[r-1+i, c-1+j] by kernel[i][j] for i and j from 0 to 2, add up the nine "
        "products, and write the sum into a new array, not into the image."
    )


def _about_dtype(image: Any) -> str:
    """Give the next step that fits the kind of image."""
    if isinstance(image, np.ndarray) and image.dtype == np.uint8:
        return (
            "A uint8 holds 0 to 255 and starts again at 0: 250 + 10 gives 4. Convert before you "
            "calculate: image = np.array(image, dtype=float)."
        )
    return (
        "Take the numbers of rows and columns from the image itself, and begin with "
        "image = np.array(image, dtype=float)."
    )
