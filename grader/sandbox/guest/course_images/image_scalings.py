"""How images were scaled, where no formula of divisor and offset gives their numbers.

Each way is named, so that the referee can scale its own copy of the images in the same way.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

PIXELS = 28 * 28
BLOCK = 5000  # images that are looked at together
_SAMPLE = 200  # images that are looked at before all
_DIGITS = 6  # so that the same work gives the same numbers


@dataclass(frozen=True)
class Scaling:
    """A way to scale.

    Attributes:
        fields: its name, as fields of ``grader.referee.spec.images.Images``.
        apply: gives (n, 784) numbers for (n, 784) grey levels.
        allowed: how far numbers may be from these, one for all or one for each pixel.
    """

    fields: dict[str, str]
    apply: Callable[[Any], Any]
    allowed: Any


def named(rows: Any, raw: Any) -> dict[str, str] | None:
    """The name of the way in which ``rows`` were made of ``raw``, row by row; None: of none.

    Args:
        rows: (n, 784) numbers.
        raw: (n, 784) grey levels.
    """
    for ways in (_by_grey_level, _by_pixel, _by_image):
        for scaling in ways(rows, raw):
            head = slice(0, _SAMPLE)
            if holds(scaling, rows[head], raw[head]) and holds(scaling, rows, raw):
                return scaling.fields
    return None


def holds(scaling: Scaling, rows: Any, raw: Any) -> bool:
    """Whether scaling ``raw`` gives ``rows``."""
    for start in range(0, len(rows), BLOCK):
        given, wanted = rows[start : start + BLOCK], scaling.apply(raw[start : start + BLOCK])
        if not (np.abs(given - wanted) <= scaling.allowed).all():
            return False
    return True


def by_pixel(factors: Any, offsets: Any, exact: float) -> Scaling:
    """Each pixel with a factor and an offset of its own, both (784,).

    Args:
        factors: of the grey levels.
        offsets: what is added to the products.
        exact: the relative precision of the numbers that were given.
    """
    factors, offsets = _rounded(factors), offsets.astype(np.float32).astype(float)
    far = np.maximum(np.abs(offsets), np.abs(offsets + 255 * factors))
    allowed = np.abs(factors) * 0.05 + far * (exact + 2e-6) + 1e-7
    text = _text(np.stack([factors, offsets]))
    return Scaling({"pixels": text}, lambda raw: raw * factors + offsets, allowed)


def precision(rows: Any) -> float:
    """The relative precision of an array's numbers."""
    return float(np.finfo(rows.dtype).eps) if rows.dtype.kind == "f" else 0.0


def by_image(exact: float) -> list[Scaling]:
    """Each image, or each of its rows or columns, divided by its own length, or standardised.

    Args:
        exact: the relative precision of the numbers that were given.
    """
    ways = {"image": (1, 2), "rows": (2,), "columns": (1,)}
    found = [
        Scaling({"norm": name}, _divided_by_length(axes), 1e-5 + exact)
        for name, axes in ways.items()
    ]
    return [*found, Scaling({"norm": "standard"}, _standardised, 1e-4 + 10 * exact)]


def _by_grey_level(rows: Any, raw: Any) -> Iterator[Scaling]:
    """One number for each grey level, as where ``images > 127`` is given."""
    levels, head = np.full(256, np.nan, np.float32), slice(0, _SAMPLE)
    levels[raw[head]] = rows[head]
    if (levels[raw[head]] != rows[head].astype(np.float32)).any():
        return
    for start in range(0, len(rows), BLOCK):
        levels[raw[start : start + BLOCK]] = rows[start : start + BLOCK]
    known = np.isfinite(levels)
    if known.any() and np.ptp(levels[known]) > 0:
        grey = np.arange(256)
        levels = np.interp(grey, grey[known], levels[known]).astype(np.float32)
        allowed = float(np.abs(levels).max()) * 1e-7  # as float32 has them
        yield Scaling({"curve": _text(levels)}, lambda some: levels[some], allowed)


def _by_pixel(rows: Any, raw: Any) -> Iterator[Scaling]:
    """A factor and an offset for each pixel, as where ``images - images.mean(axis=0)`` is given."""
    low, high = raw.argmin(axis=0), raw.argmax(axis=0)
    pixel = np.arange(PIXELS)
    least, most = (rows[row, pixel].astype(float) for row in (low, high))
    apart = raw[high, pixel].astype(float) - raw[low, pixel]
    factors = np.divide(most - least, apart, out=np.zeros(PIXELS), where=apart > 0)
    offsets = least - raw[low, pixel] * factors
    if np.isfinite(factors).all() and np.isfinite(offsets).all() and factors.any():
        yield by_pixel(factors, offsets, precision(rows))


def _by_image(rows: Any, _: Any) -> Iterator[Scaling]:
    yield from by_image(precision(rows))


def _divided_by_length(axes: tuple[int, ...]) -> Callable[[Any], Any]:
    def scaled(raw: Any) -> Any:
        images = raw.reshape(-1, 28, 28).astype(float)
        lengths = np.sqrt((images**2).sum(axis=axes, keepdims=True))
        return (images / np.where(lengths == 0, 1, lengths)).reshape(-1, PIXELS)

    return scaled


def _standardised(raw: Any) -> Any:
    images = raw.astype(float)
    deviation = images.std(axis=1, keepdims=True)
    return (images - images.mean(axis=1, keepdims=True)) / np.where(deviation == 0, 1, deviation)


def _rounded(numbers: Any) -> Any:
    """Numbers with few digits, as float32 has them."""
    few = [float(f"{number:.{_DIGITS}g}") for number in numbers]
    return np.array(few, np.float32).astype(float)


def _text(numbers: Any) -> str:
    return base64.b64encode(np.asarray(numbers, "<f4").tobytes()).decode()
