"""Which filter's output a picture shows, by its numbers alone: how they are scaled is free."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 10_000
"""Numbers of a picture that is compared; a map of an image of 28 by 28 pixels has fewer."""
SAME = 0.9999
"""Two pictures with this correlation, or a larger one, are the same but for their scale."""
OTHER = 0.99
"""Two pictures whose correlation is below this one are not the same."""


def numbers(shown: Any) -> NDArray[np.floating] | None:
    """Take the numbers of a picture that can be compared.

    Args:
        shown: what ``imshow`` was given.

    Returns:
        Its rows and columns; None for one in colours, a large one, and what is no numbers.

    Example:
        In a check::

            assert numbers(axes.images[-1].get_array()) is not None
    """
    values = np.ma.getdata(shown)
    if values.ndim != 2 or values.size > LARGEST or values.dtype.kind not in "biuf":
        return None
    return values.astype(np.float64)


def other_filter(shown: object, maps: NDArray[np.floating], filter_index: int) -> int | None:
    """Find the filter whose output a picture shows in the place of the one that was asked for.

    Args:
        shown: the picture's numbers, of any origin; what cannot be compared shows no filter.
        maps: (rows, columns, filters), what a layer gives for one image.
        filter_index: the filter that should be shown.

    Returns:
        The other filter's number; None where the picture shows the right filter, or something of
        which that cannot be said, such as a picture with colours of its own.

    Example:
        In a check::

            assert other_filter(output[0, :, :, 2], output[0], 1) == 2
    """
    if type(shown) is not np.ndarray or shown.shape != maps.shape[:2] or shown.dtype.kind != "f":
        return None
    alike = [_alike(shown, maps[..., number]) for number in range(maps.shape[-1])]
    best = int(np.argmax(alike))
    return best if alike[best] >= SAME and alike[filter_index] < OTHER else None


def _alike(shown: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """The correlation of two pictures; 0 where one is the same everywhere, or has no numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        first, second = (values.astype(np.float64) - values.mean() for values in (shown, other))
        size = float(np.sqrt((first**2).sum() * (second**2).sum()))
        return abs(float((first * second).sum())) / size if 0 < size < np.inf else 0.0
