"""Checks on pictures and labels before any network sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.checks.answers import array, integers
from grader.errors import ClaimFailed
from grader.language import N_, gettext, ngettext

# float16 is exact to 0.0005 below 1; dividing by 256 instead of 255 is off by up to 0.004.
TOLERANCE = 0.001


def prepared_images(prepare: Callable[..., object], images: NDArray[np.uint8]) -> None:
    """Check that a student's ``prepare`` makes images ready for a convolution.

    Args:
        prepare: the student's function; takes (n, 28, 28) uint8, returns (n, 28, 28, 1) floats of
            any precision: the images divided by 255.
        images: (n, height, width) uint8 to ask with; ``prepare`` gets a copy.

    Raises:
        ClaimFailed: the shape is wrong, values are whole numbers, not divided by 255, or others.

    Example:
        In a test cell, with the student's ``prepare``::

            prepared_images(prepare, train_images[:3])
    """
    prepared = array(prepare(images.copy()), what="prepare(images)")
    _expect_shape(prepared.shape, (*images.shape, 1))
    _expect_fractions(prepared)
    _expect_values(prepared[..., 0].astype(np.float64), images / 255.0)


def _expect_shape(received: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Name the axis that is wrong."""
    if received == expected:
        return
    said = gettext(
        "prepare(images) has the shape {received}, expected {expected}",
        received=received,
        expected=expected,
    )
    if received == expected[:-1]:
        raise ClaimFailed(
            "{said}: the last axis, for the one grey channel, is missing. "
            "Add it with images.reshape(-1, 28, 28, 1) or images[..., np.newaxis].",
            said=said,
        )
    if len(received) != len(expected):
        raise ClaimFailed(
            "{said}: it has {axes} axes, not {expected}. They are image, row, column, channel.",
            said=said,
            axes=len(received),
            expected=len(expected),
        )
    names = (N_("images"), N_("rows"), N_("columns"), N_("channels"))
    axis = next(i for i, (r, e) in enumerate(zip(received, expected, strict=True)) if r != e)
    raise ClaimFailed(
        "{said}: axis {axis}, the {name}, has {received} instead of "
        "{expected}. Let the number of images come from images itself (-1 in reshape).",
        said=said,
        axis=axis,
        name=gettext(names[axis]),
        received=received[axis],
        expected=expected[axis],
    )


def _expect_fractions(prepared: NDArray[np.generic]) -> None:
    """Refuse grey levels that were never divided, and whole numbers."""
    if prepared.size and not float(prepared.max()) <= 2:
        raise ClaimFailed(
            "prepare(images) still has values up to {largest:g}, expected at most "
            "1. Divide the grey levels by 255.0, and return the result.",
            largest=float(prepared.max()),
        )
    if not np.issubdtype(prepared.dtype, np.floating):
        raise ClaimFailed(
            "prepare(images) holds whole numbers ({dtype}), expected fractions between "
            "0 and 1. Divide with / 255.0; // or a conversion to integers drops what is behind "
            "the point.",
            dtype=prepared.dtype,
        )


def _expect_values(received: NDArray[np.float64], expected: NDArray[np.float64]) -> None:
    """Point at the pixel that is furthest off."""
    off = np.abs(received - expected)
    if not off.size or off.max() <= TOLERANCE:
        return
    image, row, column = (int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
    raise ClaimFailed(
        "prepare(images) has {received:.4f} for the pixel in row {row}, "
        "column {column} of image {image}, expected {expected:.4f}: its "
        "grey level divided by 255. Keep the order of images, rows and columns, and divide by "
        "exactly 255.",
        received=received[image, row, column],
        row=row,
        column=column,
        image=image,
        expected=expected[image, row, column],
    )


def same_label_indices(
    same_label: Callable[..., object], labels: NDArray[np.uint8], label: int, count: int
) -> None:
    """Check that a student's ``same_label`` finds the first images of one class.

    Args:
        same_label: the student's function; takes labels, a label and a count, and returns a list or
            an array of indices.
        labels: (n,) class numbers; ``same_label`` gets a copy.
        label: the class to look for.
        count: how many indices to ask for; ``labels`` has at least as many of that class.

    Raises:
        ClaimFailed: there are too many or too few indices, one of another class, or not the first.

    Example:
        In a test cell, with the student's ``same_label``::

            same_label_indices(same_label, test_labels, label=9, count=3)
    """
    call = f"same_label(labels, {label}, {count})"
    received = integers(same_label(labels.copy(), label, count), what=call)
    expected = [int(index) for index in np.flatnonzero(labels == label)[:count]]
    if received == expected:
        return
    shown = str(received) if len(received) <= 2 * count else _indices(received)
    said = gettext(
        "{call} gave {shown}, expected {expected}", call=call, shown=shown, expected=expected
    )
    if len(received) != count:
        raise ClaimFailed(
            "{said}: {indices} instead of {count}. Return the first {count}.",
            said=said,
            indices=_indices(received),
            count=count,
        )
    for index in received:
        if not 0 <= index < len(labels):
            raise ClaimFailed(
                "{said}: there is no image {index}. Count indices from 0.", said=said, index=index
            )
        if labels[index] != label:
            raise ClaimFailed(
                "{said}: image {index} has the label {found}, not {label}. "
                "Return positions in labels, counted from 0.",
                said=said,
                index=index,
                found=labels[index],
                label=label,
            )
    raise ClaimFailed(
        "{said}: all have that label, but they are not the first, in order. "
        "Return the first {count}, in ascending order.",
        said=said,
        count=count,
    )


def _indices(received: Sequence[int]) -> str:
    return ngettext("{count} index", "{count} indices", len(received))
