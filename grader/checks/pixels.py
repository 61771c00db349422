"""Words and measures that the checks on grey images share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float64]

GREY_LEVEL = 1.001
"""Rounding and cutting off decimals are both fine, and so is float32."""


def worst(off: Grey, tolerance: float = GREY_LEVEL) -> tuple[int, ...] | None:
    """Return where the difference is largest, or None where all are within the tolerance."""
    if not off.size or off.max() <= tolerance:
        return None
    return tuple(int(index) for index in np.unravel_index(int(off.argmax()), off.shape))


def kind(image: Any) -> str:
    """Say in words what image was asked about."""
    rows, columns = np.shape(image)
    form = image.dtype if isinstance(image, np.ndarray) else "nested lists"
    return f"an image of {rows} x {columns} pixels ({form})"


def place(index: tuple[int, ...]) -> str:
    """Return an index in words."""
    return f"row {index[0]}, column {index[1]}"
