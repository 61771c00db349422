"""Finds which rows of a data set images are, in any order."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from .image_scalings import BLOCK, PIXELS, by_image, by_pixel, holds, precision

_ODD = np.random.default_rng(998).integers(0, 2**63, PIXELS // 8, dtype=np.uint64) * 2 + 1


class RowsRepeat(ValueError):  # noqa: N818 -- named for what happened
    """An image stands in the array more often than in the data set."""


def by_levels(rows: Any, raw: Any, divisor: float, offset: float) -> Any | None:
    """The row of ``raw`` that each of ``rows`` is; None where one is not there.

    Args:
        rows: (n, 784) numbers that are ``raw / divisor + offset``.
        raw: (m, 784) grey levels of a data set.
        divisor: a number other than 0.
        offset: see ``rows``.

    Raises:
        RowsRepeat: an image stands there more often than in the data set.
    """
    return _found(rows, raw, np.full(PIXELS, 1 / divisor), np.full(PIXELS, offset), 0.4)


def by_pixels(rows: Any, raw: Any) -> tuple[Any, dict[str, str]] | None:
    """As ``by_levels``, where each pixel was scaled by itself and all of a data set is there.

    Returns:
        The rows and the scaling's name.
    """
    if len(rows) != len(raw):
        return None
    least, most = (edge(rows, axis=0).astype(float) for edge in (np.min, np.max))
    low, high = raw.min(axis=0).astype(float), raw.max(axis=0).astype(float)
    factors = np.divide(most - least, high - low, out=np.zeros(PIXELS), where=high > low)
    if not np.isfinite(factors).all() or not (factors[high > low] > 0).all():
        return None
    offsets = least - low * factors
    places = _found(rows, raw, factors, offsets, 0.4)
    scaling = by_pixel(factors, offsets, precision(rows))
    if places is None or not holds(scaling, rows, raw[places]):
        return None
    return places, scaling.fields


def by_ink(rows: Any, raw: Any) -> tuple[Any, dict[str, str]] | None:
    """As ``by_pixels``, where each image was scaled by itself.

    Paper stays alike, and the darkest pixel of what was scaled together stays the darkest.
    """
    inks = [_sums(np.packbits(numbers != numbers[:, :1], axis=1), _ODD) for numbers in (rows, raw)]
    for scaling in by_image(precision(rows)):
        darkest = [_darkest(numbers, scaling.fields["norm"]) for numbers in (rows, raw)]
        places = _matched(*(ink + dark for ink, dark in zip(inks, darkest, strict=True)))
        if places is not None and holds(scaling, rows, raw[places]):
            return places, scaling.fields
    return None


def _darkest(numbers: Any, norm: str) -> Any:
    """A number for each image: where its greatest number is, or that of each row or column."""
    if norm in ("image", "standard"):
        return numbers.argmax(axis=1).astype(np.uint64)
    images = numbers.reshape(-1, 28, 28)
    return _sums(images.argmax(axis=2 if norm == "rows" else 1), _ODD[:28])


def bitmap(rows: Any) -> str:
    """Ascending rows as text: a bit for each row from the first on, in base64."""
    marked = np.zeros(int(rows[-1]) - int(rows[0]) + 1, bool)
    marked[rows - rows[0]] = True
    return base64.b64encode(np.packbits(marked).tobytes()).decode()


def _found(rows: Any, raw: Any, factors: Any, offsets: Any, near: float) -> Any | None:
    """The places of images in ``raw`` by the grey levels that they come to."""
    levels = np.empty(rows.shape, np.uint8)
    there = factors != 0
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK].astype(float) - offsets
        grey = np.divide(block, factors, out=np.zeros_like(block), where=there)
        whole = np.rint(grey)
        if not (np.abs(grey - whole) <= near).all() or whole.min() < 0 or whole.max() > 255:
            return None
        levels[start : start + BLOCK] = whole
    own, known = (np.where(there, each, 0).astype(np.uint8) for each in (levels, raw))
    places = _matched(_hashes(own), _hashes(known))
    return None if places is None or (own != known[places]).any() else places


def _hashes(levels: Any) -> Any:
    """A number for each image: (n,) uint64."""
    return _sums(np.ascontiguousarray(levels).view(np.uint64), _ODD)


def _sums(words: Any, odd: Any) -> Any:
    """Sums of products, modulo 2 to the power of 64."""
    sums = [
        (words[start : start + BLOCK].astype(np.uint64) * odd).sum(axis=1, dtype=np.uint64)
        for start in range(0, len(words), BLOCK)
    ]
    return np.concatenate(sums)


def _matched(own: Any, known: Any) -> Any | None:
    """For each number its place among the known ones; equal ones take one after the other.

    Raises:
        RowsRepeat: there are more of a number than are known.
    """
    order, known_order = np.argsort(own, kind="stable"), np.argsort(known, kind="stable")
    ordered, known_ordered = own[order], known[known_order]
    nth = np.arange(len(own)) - np.searchsorted(ordered, ordered)
    first = np.searchsorted(known_ordered, ordered)
    inside = np.minimum(first, len(known) - 1)
    if (known_ordered[inside] != ordered).any():
        return None
    at = first + nth
    if (at >= len(known)).any() or (known_ordered[np.minimum(at, len(known) - 1)] != ordered).any():
        raise RowsRepeat
    places = np.empty(len(own), np.intp)
    places[order] = known_order[at]
    return places
