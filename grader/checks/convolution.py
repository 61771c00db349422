"""Checks on a student's function ``convolve(image, kernel, weight=1.0)``.

Each check judges one thing and ignores the others: a check of the sums does not look at the
margin, a check of the weight asks for nothing that must be clipped. So one mistake costs one
claim, if the questions keep to what the docstrings ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.checks.answers import array
from grader.checks.blocked import blocked
from grader.checks.convolution_mistakes import (
    SUMS_FIRST,
    clipping_advice,
    diagnosis,
    dtype_advice,
)
from grader.checks.convolution_reference import reference, weighted_sums, worst_inside
from grader.checks.pixels import Grey, kind, place, worst
from grader.checks.protocols import FunctionProxy, capability
from grader.errors import ClaimFailed
from grader.language import N_, gettext

Student = Callable[..., object]


def margin(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that the outermost rows and columns keep the image's values.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels.
        kernel: (3, 3) numbers.

    Raises:
        ClaimFailed: a pixel of the margin differs by more than one grey level, or the result is no
            array of the image's shape.

    Example:
        In a test cell, with the student's ``convolve``::

            margin(convolve, np.arange(9).reshape(3, 3), [[0, 0, 0], [0, 9, 0], [0, 0, 0]])
    """
    answer = _convolved(convolve, image, kernel)
    border = np.ones(image.shape, bool)
    border[1:-1, 1:-1] = False
    wrong = worst(np.where(border, np.abs(answer - image), 0))
    if wrong is None:
        return
    zero = not answer[border].any()
    changed = N_("The margin is all 0") if zero else N_("The margin is changed")
    raise ClaimFailed(
        "{changed}: at {place} convolve gives {answer:g}, expected {image:g} as in the image. "
        "Start from a copy of the image, and change only the pixels inside the margin.",
        changed=gettext(changed),
        place=place(wrong),
        answer=answer[wrong],
        image=image[wrong],
    )


def values(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check the sums inside the margin, to one grey level.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels.
        kernel: (3, 3) numbers, such that all sums are from 0 to 255 and nothing has to be clipped.

    Raises:
        ClaimFailed: a sum differs by more than one grey level; the message names the common mistake
            that explains it.

    Example:
        In a test cell, with the student's ``convolve``::

            questions = np.random.default_rng()
            kernel = questions.dirichlet(np.ones(9)).reshape(3, 3)
            values(convolve, questions.integers(0, 256, (12, 12)), kernel)
    """
    answer = _convolved(convolve, image, kernel)
    wrong = worst_inside(answer, reference(image, kernel))
    if wrong is None:
        return
    raise ClaimFailed(
        "At {place} convolve gives {answer:g}, expected {expected:g}. {diagnosis}",
        place=place(wrong),
        answer=answer[wrong],
        expected=reference(image, kernel)[wrong],
        diagnosis=diagnosis(answer, image, kernel),
    )


def clips(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that sums below 0 become 0 and sums above 255 become 255; other sums are not checked.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels.
        kernel: (3, 3) numbers that are the same when turned by 180 degrees: their order is the
            matter of another claim.

    Raises:
        ClaimFailed: a sum outside of 0 to 255 is not limited.

    Example:
        In a test cell, with the student's ``convolve``::

            image = np.random.default_rng().integers(0, 256, (12, 12))
            clips(convolve, image, [[-1, 0, -1], [0, 4, 0], [-1, 0, -1]])
    """
    answer = _convolved(convolve, image, kernel)
    raw = reference(image, kernel)
    raw[1:-1, 1:-1] = weighted_sums(image, kernel)
    limits = np.clip(raw, 0, 255)
    wrong = worst_inside(np.where(raw == limits, raw, answer), limits)
    if wrong is None:
        return
    too_low = N_("below 0: it should become 0")
    side = too_low if raw[wrong] < 0 else N_("above 255: it should become 255")
    raise ClaimFailed(
        "At {place} the sum is {raw:g}, {side}, but convolve gives {answer:g}. {advice}",
        place=place(wrong),
        raw=raw[wrong],
        side=gettext(side),
        answer=answer[wrong],
        advice=clipping_advice(answer[wrong], raw[wrong], image[wrong]),
    )


def weighs(convolve: Student, image: NDArray[Any], kernel: ArrayLike, weight: float) -> None:
    """Check that the third argument multiplies every sum.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels.
        kernel: (3, 3) numbers that are the same when turned by 180 degrees.
        weight: such that all weighted sums are from 0 to 255.

    Raises:
        ClaimFailed: a weighted sum differs by more than one grey level.

    Example:
        In a test cell, with the student's ``convolve``::

            image = np.random.default_rng().integers(60, 201, (12, 12))
            weighs(convolve, image, [[0, 0, 0], [0, 1, 0], [0, 0, 0]], 0.5)
    """
    answer = _convolved(convolve, image, kernel, weight)
    expected = reference(image, kernel, weight)
    wrong = worst_inside(answer, expected)
    if wrong is None:
        return
    ignored = worst_inside(answer, reference(image, kernel)) is None
    raise ClaimFailed(
        "With weight {weight:g} convolve gives {answer:g} at {place}, expected {expected:g}. "
        "{no_effect}Multiply the sum of the nine products by weight, before it is clipped. "
        "{sums_first}",
        weight=weight,
        answer=answer[wrong],
        place=place(wrong),
        expected=expected[wrong],
        no_effect=gettext("The weight has no effect.") + " " if ignored else "",
        sums_first=gettext(SUMS_FIRST),
    )


def any_image(convolve: Student, image: Sequence[Any] | NDArray[Any], kernel: ArrayLike) -> None:
    """Check one more kind of image: another shape, ``uint8``, fractions, or nested lists.

    Answers are clipped before they are compared, since clipping is the matter of another claim.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels, as an array of any dtype or as lists of lists.
        kernel: (3, 3) numbers that are the same when turned by 180 degrees.

    Raises:
        ClaimFailed: a value inside the margin differs by more than one grey level, or the function
            stops at an overflow.

    Example:
        In a test cell, with the student's ``convolve``::

            image = np.random.default_rng().integers(0, 256, (9, 17), dtype=np.uint8)
            any_image(convolve, image, [[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]])
    """
    answer = np.clip(_convolved(convolve, image, kernel), 0, 255)
    expected = reference(image, kernel)
    wrong = worst_inside(answer, expected)
    if wrong is None:
        return
    raise ClaimFailed(
        "For {kind} convolve gives {answer:g} at {place}, expected "
        "{expected:g}. {advice} {sums_first}",
        kind=kind(image),
        answer=answer[wrong],
        place=place(wrong),
        expected=expected[wrong],
        advice=dtype_advice(image, right_as_floats=_is_right_as_floats(convolve, image, kernel)),
        sums_first=gettext(SUMS_FIRST),
    )


def _is_right_as_floats(convolve: Student, image: Any, kernel: ArrayLike) -> bool:
    """Whether the type of an image alone makes its result wrong; of floats this is not asked."""
    floats = np.array(image, dtype=float)
    if isinstance(image, np.ndarray) and image.dtype == floats.dtype:
        return True
    try:
        answer = np.clip(_convolved(convolve, floats, kernel), 0, 255)
    except Exception:  # a student's function may raise anything
        return False
    return worst_inside(answer, reference(floats, kernel)) is None


def from_scratch(convolve: Student, image: NDArray[Any], kernel: ArrayLike) -> None:
    """Check that ``convolve`` still works where the libraries' convolutions are blocked.

    While a submission is graded, ``convolve`` is called in a second sandbox, where numpy is the
    only library. In an ordinary kernel it is called here, with the convolutions of loaded libraries
    replaced for the time of the call: a best effort, since Python hides nothing from a program that
    looks for it.

    Args:
        convolve: the student's function.
        image: (rows, columns) grey levels.
        kernel: (3, 3) numbers that are the same when turned by 180 degrees; mistakes that cost
            another claim are not counted here again.

    Raises:
        ClaimFailed: ``convolve`` uses a library's convolution, or its result is wrong without one.

    Example:
        In a test cell, with the student's ``convolve``::

            image = np.random.default_rng().integers(0, 256, (12, 12))
            from_scratch(convolve, image, [[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]])
    """
    proxy = capability(convolve, FunctionProxy)
    if proxy is not None:
        answer = _convolved(proxy.call_blocked, image, kernel)
    else:
        with blocked(convolve):
            answer = _convolved(convolve, image, kernel)
    wrong = worst_inside(np.clip(answer, 0, 255), reference(image, kernel))
    if wrong is not None:
        raise ClaimFailed(
            "With no library's convolution at hand convolve gives {answer:g} at "
            "{place}, expected {expected:g}. "
            "Write the sum over the 3x3 neighbourhood yourself, with loops or slices. "
            "{sums_first}",
            answer=answer[wrong],
            place=place(wrong),
            expected=reference(image, kernel)[wrong],
            sums_first=gettext(SUMS_FIRST),
        )


def _convolved(convolve: Student, image: Any, *arguments: Any) -> Grey:
    """Call with copies, since a student may change what is handed in."""
    what = gettext("convolve's result for {kind}", kind=kind(image))
    try:
        answer = convolve(deepcopy(image), *deepcopy(arguments))
    except OverflowError as error:
        raise ClaimFailed(
            "convolve stopped at {kind}: {error}. {advice}",
            kind=kind(image),
            error=error,
            advice=dtype_advice(image),
        ) from error
    rows, columns = np.shape(image)
    values = array(answer, what=what)
    if values.shape == (rows - 2, columns - 2):
        raise ClaimFailed(
            "{what} has the shape {received}. Expected: {expected}. These are the sums "
            "without the margin: start from a copy of the image, and put them inside of it, at "
            "result[1:-1, 1:-1].",
            what=what,
            received=values.shape,
            expected=(rows, columns),
        )
    return array(answer, what=what, shape=(rows, columns)).astype(np.float64)
