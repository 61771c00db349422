"""How images were scaled where one divisor and one offset do for all: ``raw / divisor + offset``.

``image_scalings`` knows the other ways.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from .image_scalings import BLOCK


def fields(rows: Any, raw: Any, divisor: float, offset: float) -> dict[str, Any]:
    """The formula as fields of ``grader.referee.spec.images.Images``.

    Args:
        rows: (n, 784) numbers.
        raw: (n, 784) grey levels, of which the formula makes them.
        divisor: as ``scale`` gives it.
        offset: as ``scale`` gives it.
    """
    return {"divisor": divisor, "offset": offset, "levels": _levels(rows, raw, divisor, offset)}


def scale(rows: Any, raw: Any) -> tuple[float, float] | int:
    """Divisor and offset with which ``rows`` are ``raw / divisor + offset``.

    Returns:
        The two, rounded so that the same work gives the same numbers, or the first row that is
        scaled in another way or is not there.
    """
    if len(rows) > len(raw):
        return len(raw)
    low, high = int(raw[:BLOCK].argmin()), int(raw[:BLOCK].argmax())
    least, most = float(rows.flat[low]), float(rows.flat[high])
    spread = most - least
    if not math.isfinite(spread) or abs(spread) < 1e-3 or abs(spread) > 1e8:
        return 0
    divisor = float(f"{(int(raw.flat[high]) - int(raw.flat[low])) / spread:.6g}")
    digits = 5 - math.floor(math.log10(abs(spread)))
    offset = round(least - int(raw.flat[low]) / divisor, digits) + 0.0  # -0.0 is no other number
    exact = np.finfo(rows.dtype).eps if rows.dtype.kind == "f" else 0.0
    far = max(abs(least), abs(most))
    allowed = min(abs(spread) * 0.4 / 255, abs(spread) * 2e-5 + far * float(exact))
    for start in range(0, len(rows), BLOCK):
        wanted = raw[start : start + BLOCK] / divisor + offset
        near = np.abs(rows[start : start + BLOCK] - wanted).max(axis=1) <= allowed
        if not near.all():
            return start + int(near.argmin())
    return divisor, offset


def _levels(rows: Any, raw: Any, divisor: float, offset: float) -> str:
    """What the grey levels were given as: 256 float32 numbers in base64.

    Two ways to scale may give numbers whose last bits differ, and then train other weights.

    Returns:
        Empty where they are ``raw / divisor + offset``, or where a level stands for several numbers
        that differ by rounding alone: the formula's numbers are meant then.
    """
    formula = (np.arange(256) / divisor + offset).astype(np.float32)
    levels = formula.copy()
    starts = range(0, len(rows), BLOCK)
    blocks = [(raw[start : start + BLOCK], rows[start : start + BLOCK]) for start in starts]
    for level, given in blocks:
        levels[level] = given.astype(np.float32)
    if np.array_equal(levels, formula):
        return ""
    if not all(np.array_equal(levels[level], given.astype("f4")) for level, given in blocks):
        return ""
    return base64.b64encode((levels + np.float32(0)).astype("<f4").tobytes()).decode()
