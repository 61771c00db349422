"""Checks on filters for lines, with the course's own convolution."""

from __future__ import annotations

import numpy as np

from grader.checks.answers import array
from grader.checks.convolution_reference import reference
from grader.checks.pixels import Grey
from grader.errors import ClaimFailed
from grader.language import gettext

VISIBLE = 60
"""Grey levels (of 255) that a filter must answer to a clear line to be seen in a picture."""
PREFERENCE = 3
"""How many times stronger a filter must answer to its own lines than to the others."""
LARGEST = 1e100
"""A filter's numbers may be as large as this; a sum of larger ones could be no number at all."""


def vertical_lines(kernel: object) -> None:
    """Check a filter that makes vertical lines bright and horizontal lines dark.

    Args:
        kernel: the student's, (3, 3) numbers that sum to 0.

    Raises:
        ClaimFailed: the shape or the sum is another, the filter answers to the lines across, or too
            weakly to be seen.

    Example:
        In a test cell, with the student's ``VERTICAL_LINES``::

            vertical_lines(VERTICAL_LINES)
    """
    _answers_to(kernel, _bars(), _bars().T, name="VERTICAL_LINES", own=gettext("vertical"))


def horizontal_lines(kernel: object) -> None:
    """Check a filter that makes horizontal lines bright and vertical lines dark.

    Args:
        kernel: the student's, (3, 3) numbers that sum to 0.

    Raises:
        ClaimFailed: as ``vertical_lines``.

    Example:
        In a test cell, with the student's ``HORIZONTAL_LINES``::

            horizontal_lines(HORIZONTAL_LINES)
    """
    _answers_to(kernel, _bars().T, _bars(), name="HORIZONTAL_LINES", own=gettext("horizontal"))


def _answers_to(kernel: object, lines: Grey, others: Grey, *, name: str, own: str) -> None:
    """Check that a filter sums to 0, shows its own lines, and hardly the others."""
    factors = array(kernel, what=name)
    if factors.shape != (3, 3):
        raise ClaimFailed(
            "{name} has the shape {shape}. Expected: (3, 3). Write it as a list of three "
            "rows, each a list of three numbers, as EDGES is.",
            name=name,
            shape=factors.shape,
        )
    factors = factors.astype(np.float64)
    if not np.abs(factors).max() <= LARGEST:
        raise ClaimFailed(
            "{name} holds a number as large as {largest:g}, expected at most "
            "{largest_2:g}. Choose numbers such as those of EDGES.",
            name=name,
            largest=np.abs(factors).max(),
            largest_2=LARGEST,
        )
    # Each comparison says what must hold: one with NaN is false.
    if not abs(factors.sum()) <= 1e-6 * max(1.0, np.abs(factors).max()):
        raise ClaimFailed(
            "The numbers of {name} sum to {total:g}, expected 0. Balance positive and "
            "negative numbers, so that an even surface becomes black.",
            name=name,
            total=factors.sum(),
        )
    strong, weak = (reference(image, factors)[1:-1, 1:-1] for image in (lines, others))
    if not strong.sum() >= PREFERENCE * weak.sum():
        raise ClaimFailed(
            "{name} answers to {own} lines with {answer:.0f} on average and to the lines "
            "across with {across:.0f}; expected at least {preference} times as much for its "
            "own. {direction}",
            name=name,
            own=own,
            answer=strong.mean(),
            across=weak.mean(),
            preference=PREFERENCE,
            direction=_direction(strong, weak),
        )
    if not strong.max() >= VISIBLE:
        raise ClaimFailed(
            "{name} answers to clear {own} lines with {largest:.0f} of 255, expected at "
            "least {visible}. Choose larger numbers, that change sign across the line.",
            name=name,
            own=own,
            largest=strong.max(),
            visible=VISIBLE,
        )


def _direction(strong: Grey, weak: Grey) -> str:
    """Give the next step for a filter that answers to the wrong lines."""
    if not strong.any() or PREFERENCE * strong.sum() < weak.sum():
        return gettext("It finds the lines across. Swap the two filters, or its rows and columns.")
    return gettext("Make the numbers alike along a line, and let them change sign across it.")


def _bars() -> Grey:
    """Draw bright vertical lines, one and two pixels wide, on a darker ground."""
    picture = np.full((15, 15), 50.0)
    picture[:, [4, 9, 10]] = 200.0
    return picture
