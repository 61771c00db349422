"""Checks on a student's convolution, its filters, and its max pooling.

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
from grader.checks.withheld import withheld
from grader.errors import ClaimFailed

Student = Callable[..., object]
Grey = NDArray[np.float64]

TOLERANCE = 1.001
"""One grey level: rounding and cutting off decimals are both fine, and float32 is too."""
VISIBLE = 60
"""Grey levels (of 255) that a filter must answer to a clear line to be seen in a picture."""
PREFERENCE = 3
"""How many times stronger a filter must answer to its own lines than to the others."""


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
    wrong = _worst(np.where(border, np.abs(answer - image), 0))
    if wrong is None:
        return
    zero = not answer[border].any()
    raise ClaimFailed(
        f"The margin is {'all 0' if zero else 'changed'}: at {_place(wrong)} convolve gives "
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
        f"At {_place(wrong)} convolve gives {answer[wrong]:g}, expected "
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
        f"At {_place(wrong)} the sum is {raw[wrong]:g}, {side}, but convolve gives "
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
        f"With weight {weight:g} convolve gives {answer[wrong]:g} at {_place(wrong)}, expected "
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
        f"For {_kind(image)} convolve gives {answer[wrong]:g} at {_place(wrong)}, expected "
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
            f"{_place(wrong)}, expected {reference(image, kernel)[wrong]:g}. "
            "Write the sum over the 3x3 neighbourhood yourself, with loops or slices."
        )


def vertical_lines(kernel: object) -> None:
    """Check a filter that makes vertical lines bright and leaves out horizontal ones."""
    _answers_to(kernel, _bars(), _bars().T, name="VERTICAL_LINES", own="vertical")


def horizontal_lines(kernel: object) -> None:
    """Check a filter that makes horizontal lines bright and leaves out vertical ones."""
    _answers_to(kernel, _bars().T, _bars(), name="HORIZONTAL_LINES", own="horizontal")


def max_pool_values(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check the maximum of each block; both sides of the image are multiples of ``size``."""
    rows, columns = (side // size for side in image.shape)
    expected = image.reshape(rows, size, columns, size).max(axis=(1, 3))
    answer = _pooled(max_pool, image, size, shape=expected.shape)
    wrong = _worst(np.abs(answer - expected), tolerance=0.001)
    if wrong is None:
        return
    top, left = wrong[0] * size, wrong[1] * size
    block = image[top : top + size, left : left + size].tolist()
    raise ClaimFailed(
        f"With size {size} the block {block} became {answer[wrong]:g} at {_place(wrong)}, expected "
        f"its largest value, {expected[wrong]:g}. Blocks stand side by side and do not overlap."
    )


def max_pool_shape(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check the result's shape alone; both sides of the image are multiples of ``size``."""
    rows, columns = image.shape
    _pooled(max_pool, image, size, shape=(rows // size, columns // size))


def max_pool_odd(max_pool: Student, image: NDArray[Any], size: int = 2) -> None:
    """Check that incomplete blocks are dropped: the cropped image must give the same result."""
    rows, columns = (side // size for side in image.shape)
    answer = _pooled(max_pool, image, size, shape=(rows, columns))
    cropped = image[: rows * size, : columns * size]
    expected = _pooled(max_pool, cropped, size, shape=(rows, columns))
    wrong = _worst(np.abs(answer - expected), tolerance=0.001)
    if wrong is not None:
        raise ClaimFailed(
            f"For {_kind(image)} max_pool gives {answer[wrong]:g} at {_place(wrong)}, but "
            f"{expected[wrong]:g} once the incomplete last row and column of blocks are cut off. "
            "Drop them: they must not change the result."
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
    what = f"convolve's result for {_kind(image)}"
    try:
        answer = convolve(deepcopy(image), *deepcopy(arguments))
    except OverflowError as error:
        raise ClaimFailed(
            f"convolve stopped at {_kind(image)}: {error}. {_about_dtype(image)}"
        ) from error
    return array(answer, what=what, shape=np.shape(image)).astype(np.float64)


def _pooled(max_pool: Student, image: NDArray[Any], size: int, shape: tuple[int, ...]) -> Grey:
    """Call with a copy, and leave out ``size`` where it is the default."""
    arguments = () if size == 2 else (size,)
    what = f"max_pool's result for {_kind(image)} and size {size}"
    return array(max_pool(image.copy(), *arguments), what=what, shape=shape).astype(np.float64)


def _worst(off: Grey, tolerance: float = TOLERANCE) -> tuple[int, ...] | None:
    """Return where the difference is largest, or None where all are within the tolerance."""
    if not off.size or off.max() <= tolerance:
        return None
    return tuple(int(index) for index in np.unravel_index(int(off.argmax()), off.shape))


def _wrong_inside(answer: Grey, expected: Grey) -> tuple[int, ...] | None:
    """Return the most wrong pixel inside the margin, or None."""
    off = np.zeros(answer.shape)
    off[1:-1, 1:-1] = np.abs(answer - expected)[1:-1, 1:-1]
    return _worst(off)


def _diagnosis(answer: Grey, image: NDArray[Any], kernel: ArrayLike) -> str:
    """Name the common mistake that explains wrong sums."""
    factors = np.asarray(kernel)
    if _wrong_inside(answer, reference(image, factors[::-1, ::-1])) is None:
        return (
            "This is the kernel turned by 180 degrees, as mathematicians convolve. Here, as in "
            "TensorFlow, image[r-1+i, c-1+j] belongs to kernel[i][j]."
        )
    if _wrong_inside(answer, reference(image, factors.T)) is None:
        return "The kernel's rows and columns are swapped: i counts rows, j counts columns."
    if _wrong_inside(answer, np.where(answer == image, answer, reference(image, kernel))) is None:
        return (
            "The wrong pixels still hold the image's values: let the loops reach every row from 1 "
            "to rows - 2, and every column likewise."
        )
    return (
        "Multiply image[r-1+i, c-1+j] by kernel[i][j] for i and j from 0 to 2, add up the nine "
        "products, and write the sum into a new array, not into the image."
    )


def _kind(image: Any) -> str:
    """Say in words what image was asked about."""
    rows, columns = np.shape(image)
    if isinstance(image, np.ndarray):
        return f"an image of {rows} x {columns} pixels, dtype {image.dtype}"
    return f"an image of {rows} x {columns} pixels in nested lists"


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


def _place(index: tuple[int, ...]) -> str:
    """Return an index in words."""
    return f"row {index[0]}, column {index[1]}"


def _bars() -> Grey:
    """Draw bright vertical lines, one and two pixels wide, on a darker ground."""
    picture = np.full((15, 15), 50.0)
    picture[:, [4, 9, 10]] = 200.0
    return picture


def _answers_to(kernel: object, lines: Grey, others: Grey, *, name: str, own: str) -> None:
    """Check that a filter sums to 0, shows its own lines, and hardly the others."""
    factors = array(kernel, what=name, shape=(3, 3)).astype(np.float64)
    if abs(factors.sum()) > 1e-6 * max(1.0, np.abs(factors).max()):
        raise ClaimFailed(
            f"The numbers of {name} sum to {factors.sum():g}, expected 0. Balance positive and "
            "negative numbers, so that an even surface becomes black."
        )
    strong, weak = (reference(image, factors)[1:-1, 1:-1] for image in (lines, others))
    if strong.max() < VISIBLE:
        raise ClaimFailed(
            f"{name} answers to clear {own} lines with {strong.max():.0f} of 255, expected at "
            f"least {VISIBLE}. Let numbers differ along the direction that crosses the line."
        )
    if strong.sum() < PREFERENCE * weak.sum():
        raise ClaimFailed(
            f"{name} answers to {own} lines with {strong.mean():.0f} on average and to the lines "
            f"across with {weak.mean():.0f}; expected at least {PREFERENCE} times as much for its "
            "own. Are the two filters swapped? Along a line the numbers should be alike, across "
            "it they should change sign."
        )
