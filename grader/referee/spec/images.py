"""Which of the course's images a fit was given, and how their numbers were scaled."""

from __future__ import annotations

import base64
import hashlib
import math
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.referee.spec import fields
from grader.referee.spec.fields import Base64, Count, Index, Scaling

PIXELS = 28 * 28
_MOST = 1e6
_PART = 5000  # images that are scaled together
_ROUNDING = 0.4  # of a step between two grey levels; half precision comes to 0.07 of one


class Images(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which of the course's images a fit was given, and how their numbers were scaled.

    Attributes:
        dataset: ``mnist`` or ``fashion_mnist``.
        part: ``train`` or ``test``.
        first: the first row.
        count: how many rows, in the order of the data set.
        divisor: an image is given as ``raw / divisor + offset``, raw from 0 to 255; as float32.
        offset: see ``divisor``.
        shape: of one image as it was given, for example (28, 28, 1).
        one_hot: whether labels were given as rows of ten zeros and ones, else as numbers.
        digest: SHA-256 of the data set's arrays, so that both sides mean the same.
        levels: what each of the 256 grey levels was given as, 256 float32 numbers in base64, where
            that is not the formula's number bit for bit; else empty.
        rows: which rows, where they do not stand one after the other: a bit for each row from
            ``first`` on, in base64; else empty.
        curve: what each grey level was given as, as in ``levels``, where no formula gives it. Here
            and with the next two, ``divisor`` and ``offset`` are 1 and 0, and have no effect.
        pixels: 784 factors of the grey levels, and 784 offsets, one of each for every pixel,
            float32 in base64, where pixels are scaled in different ways; else empty.
        norm: what was divided by its Euclidean length: each image, or each of its rows or columns;
            or ``standard``, where each image was given a mean of 0 and a deviation of 1.
    """

    dataset: str
    part: Literal["train", "test"]
    first: Index
    count: Count
    divisor: Scaling
    offset: Scaling
    shape: tuple[Count, ...]
    one_hot: bool
    digest: str
    levels: str = ""
    rows: Base64 = ""
    curve: Base64 = ""
    pixels: Base64 = ""
    norm: Literal["", "image", "rows", "columns", "standard"] = ""

    def __post_init__(self) -> None:
        """Refuse values that the course's images cannot have."""
        if math.prod(self.shape) != PIXELS or abs(self.divisor) < 1e-6:
            raise ValueError(
                f"images of shape {self.shape!s:.60}, divided by {self.divisor:g}: expected "
                f"{PIXELS} pixels, and a divisor other than 0"
            )
        if self.levels:
            self._expect_near(self.grey_levels())
        if self.rows and len(self._picked()) != self.count:
            raise ValueError(f"{len(self._picked())} rows are named: expected {self.count}")
        self._expect_one_scaling()

    def places(self) -> slice | NDArray[np.intp]:
        """The rows, to index the data set's arrays with."""
        return self._picked() if self.rows else slice(self.first, self.first + self.count)

    def _picked(self) -> NDArray[np.intp]:
        """The rows that bits stand for."""
        bits = np.unpackbits(np.frombuffer(base64.b64decode(self.rows, validate=True), np.uint8))
        return self.first + np.flatnonzero(bits)

    @property
    def last(self) -> int:
        """The last row."""
        return int(self._picked()[-1]) if self.rows else self.first + self.count - 1

    def from_place(self, place: int) -> Images:
        """The images from a position on."""
        if not self.rows:
            return replace(self, first=self.first + place, count=self.count - place)
        kept = self._picked()[place:]
        marked = np.zeros(kept[-1] - kept[0] + 1, bool)
        marked[kept - kept[0]] = True
        text = base64.b64encode(np.packbits(marked).tobytes()).decode()
        return replace(self, first=int(kept[0]), count=len(kept), rows=text)

    def grey_levels(self) -> NDArray[np.float32]:
        """What each raw number, from 0 to 255, was given as: (256,), rounded as Keras rounds it."""
        if self.curve:
            return _numbers(self.curve, 256)
        formula = (np.arange(256) / self.divisor + self.offset).astype(np.float32)
        return _numbers(self.levels, 256) if self.levels else formula

    def scaled(self, raw: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Grey levels (n, 28, 28) as they were given: (n, 28, 28) float32."""
        if self.pixels:
            factors, offsets = _numbers(self.pixels, 2 * PIXELS).reshape(2, *raw.shape[1:])
            scaled: NDArray[np.float32] = raw.astype(np.float32) * factors + offsets
            return scaled
        if self.norm:
            return np.concatenate([_normed(part, self.norm) for part in _parts(raw)])
        return self.grey_levels()[raw]

    def _expect_one_scaling(self) -> None:
        """Refuse two scalings at once, and numbers that are none."""
        named = [name for name in ("curve", "pixels", "norm") if getattr(self, name)]
        formula = (self.divisor, self.offset, self.levels) == (1.0, 0.0, "")
        if len(named) > 1 or (named and not formula):
            raise ValueError(
                f"images scaled by {', '.join(named)} and in another way: expected one"
            )
        numbers = [_numbers(self.curve, 256)] if self.curve else []
        numbers += [_numbers(self.pixels, 2 * PIXELS)] if self.pixels else []
        if any(not (np.abs(some) <= _MOST).all() for some in numbers):
            raise ValueError(f"images scaled by numbers beyond {_MOST:g}, or by none")

    def _expect_near(self, levels: NDArray[np.float32]) -> None:
        """Refuse grey levels that are not those of the formula but for how they are rounded."""
        formula = np.arange(256) / self.divisor + self.offset
        near = np.abs(levels - formula) <= _ROUNDING / abs(self.divisor)
        if not near.all():
            raise ValueError(
                f"grey level {int(near.argmin())} is not scaled by {self.divisor:g} and "
                f"{self.offset:g} as the others: expected one scaling for all"
            )


def read_images(content: Any) -> Images:
    """Read one ``Images``; raises ``ValueError`` where it is none."""
    return fields.read(Images, content)


def digest(arrays: Any) -> str:
    """SHA-256 of a data set as ``grader.datasets.load`` gives it, for ``Images.digest``."""
    sha256 = hashlib.sha256()
    for images_and_labels in arrays:
        for array in images_and_labels:
            sha256.update(f"{array.dtype.str}{array.shape}".encode())
            sha256.update(np.ascontiguousarray(array).data)
    return sha256.hexdigest()


def _numbers(text: str, count: int) -> NDArray[np.float32]:
    """``count`` float32 from base64; raises ``ValueError``."""
    data = base64.b64decode(text, validate=True)
    if len(data) != 4 * count:
        raise ValueError(f"{len(data)} bytes of numbers: expected {4 * count}")
    return np.frombuffer(data, "<f4").astype(np.float32)


def _parts(raw: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """A few images at a time: in float64 all are 376 MB."""
    return [raw[start : start + _PART] for start in range(0, len(raw), _PART)] or [raw]


def _normed(raw: NDArray[np.uint8], norm: str) -> NDArray[np.float32]:
    """Images (n, 28, 28) divided by lengths, or standardised; see ``Images.norm``."""
    images = raw.astype(np.float64)
    if norm == "standard":
        images -= images.mean(axis=(1, 2), keepdims=True)
        lengths = images.std(axis=(1, 2), keepdims=True)
    else:
        axes = {"image": (1, 2), "rows": (2,), "columns": (1,)}[norm]
        lengths = np.sqrt((images**2).sum(axis=axes, keepdims=True))
    return (images / np.where(lengths == 0, 1, lengths)).astype(np.float32)
