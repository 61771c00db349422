"""Identifies which of the course's images an array holds.

While work is graded, ``fit`` names the images that it was given, and the referee trains on its own
copy of them. Nothing here is trusted: students who change it name other images, and those are
trained on.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from . import image_formula, image_rows, image_scalings
from .image_scalings import BLOCK, PIXELS
from .refused import N_, FitRefused

CLASSES = 10
_FILES = {"train": "train", "test": "t10k"}
_NAMES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
_NO_FORMULA: dict[str, Any] = {"divisor": 1.0, "offset": 0.0, "levels": ""}
_WANTED = N_(
    "While your work is graded, fit takes the course's own images, all or some of them, each once: "
    "as load_data() gives them, or scaled (images / 255, for example; by mean and deviation; by "
    "keras.utils.normalize), with the labels that belong to them. To change them otherwise, as by "
    "random flips, put a layer into the network."
)
_ARRAYS = N_(
    "While your work is graded, give fit arrays, as fit(images, labels, batch_size=32), a "
    "tf.data.Dataset or a keras.utils.PyDataset of (images, labels)."
)
Found = tuple[str, str, Any, dict[str, Any]]  # data set, part, rows, and how they were scaled


@dataclass(frozen=True)
class Identified:
    """Which of the course's images an array holds.

    Attributes:
        fields: those of ``grader.referee.spec.images.Images`` but for the digest. The images are
            named in the order of the data set.
        in_order: whether the array has them in this order.
    """

    fields: dict[str, Any]
    in_order: bool


def identify(images: Any, labels: Any, what: str) -> Identified:
    """Which images these are, and how their numbers were scaled.

    Args:
        images: what fit was given: (n, ...) with 784 numbers an image.
        labels: theirs: (n,) or (n, 1) numbers, or (n, 10) zeros and ones.
        what: the argument's name, for messages: ``x`` or ``validation_data``.

    Raises:
        FitRefused: these are not the course's images with their labels.
    """
    given = plain_array(images, what)
    if given.ndim == 1:
        raise FitRefused(
            "{what} has the shape {shape}, one number for each image, as labels have: give fit the "
            "images first, and then their labels.",
            what=what,
            shape=given.shape,
        )
    if given.ndim < 2 or math.prod(given.shape[1:]) != PIXELS or not len(given):
        raise FitRefused(
            "{what} has the shape {shape}, expected (n, 28, 28, 1).",
            _WANTED,
            what=what,
            shape=given.shape,
        )
    rows = given.reshape(len(given), PIXELS)
    if rows.dtype.kind == "f" and not np.isfinite(rows).all():
        raise FitRefused(
            "{what} holds NaN (not a number) or infinity. Look for a division by 0: pixels that "
            "are alike in all images have a standard deviation of 0. Add a small number to it.",
            what=what,
        )
    found, trouble = _range(rows, what)
    found = (
        found
        or _scattered(_scattered_by_formula, rows, what)
        or _range_by_place(rows)
        or _scattered(_scattered_otherwise, rows, what)
    )
    if found is None:
        raise trouble or FitRefused(
            "{what}[0] is none of the course's images, or was changed.", _WANTED, what=what
        )
    dataset, part, places, scaling = found
    shape = {"shape": list(given.shape[1:])}
    numbers = _arrays(dataset)[part][1][places]
    one_hot = {"one_hot": _one_hot(labels, numbers, what)}
    rows_named = _rows(places)
    if "rows" in rows_named:
        _expect_all_classes(numbers, what)
    fields = {"dataset": dataset, "part": part} | rows_named | scaling | shape | one_hot
    return Identified(fields, bool((np.diff(places) > 0).all()))


def _expect_all_classes(numbers: Any, what: str) -> None:
    """Refuse images that were picked by their labels; raises ``FitRefused``."""
    there = sorted({int(number) for number in numbers})
    if len(there) < CLASSES:
        raise FitRefused(
            "{what} holds picked images of the labels {there} alone. While your work is graded, "
            "picked images are of all {classes} labels: an accuracy on some of them tells little. "
            "Give fit images of all labels.",
            what=what,
            there=there,
            classes=CLASSES,
        )


def _rows(places: Any) -> dict[str, Any]:
    """The fields that name rows: a range, or a bit for each."""
    ascending = np.sort(places)
    first, count = int(ascending[0]), len(ascending)
    fields = {"first": first, "count": count}
    if ascending[-1] - first + 1 == count:
        return fields
    return fields | {"rows": image_rows.bitmap(ascending)}


def _range(rows: Any, what: str) -> tuple[Found | None, FitRefused | None]:
    """Images one after the other, scaled by divisor and offset; or what differs from that."""
    trouble = None
    for dataset, part, first in _places(rows[0]):
        raw = _arrays(dataset)[part][0][first : first + len(rows)]
        scale = image_formula.scale(rows, raw)
        if isinstance(scale, tuple):
            fields = image_formula.fields(rows, raw, *scale)
            return (dataset, part, np.arange(first, first + len(rows)), fields), None
        if scale:
            trouble = FitRefused(
                "{what}[0] is image {first} of {dataset} ({part}), but {what}[{row}] is none of "
                "that part's images, or was changed.",
                _WANTED,
                what=what,
                first=first,
                dataset=_NAMES[dataset],
                part=part,
                row=scale,
            )
    return None, trouble


def _range_by_place(rows: Any) -> Found | None:
    """Images one after the other, at the beginning or the end of a part, scaled otherwise."""
    for dataset in _NAMES:
        for part, (images, _) in _arrays(dataset).items():
            for first in sorted({0, len(images) - len(rows)}):
                if first < 0 or len(rows) > len(images):
                    continue
                fields = image_scalings.named(rows, images[first : first + len(rows)])
                if fields is not None:
                    places = np.arange(first, first + len(rows))
                    return dataset, part, places, _NO_FORMULA | fields
    return None


def _scattered(find: Callable[[Any], Found | None], rows: Any, what: str) -> Found | None:
    """Images of one part in any order, or some of them."""
    try:
        return find(rows)
    except image_rows.RowsRepeat:
        raise FitRefused(
            "{what} holds an image more than once. Give each image once: an epoch is one pass "
            "through them, and epochs=... repeats it.",
            _WANTED,
            what=what,
        ) from None


def _scattered_by_formula(rows: Any) -> Found | None:
    for dataset, part, first in _places(rows[0]):
        images = _arrays(dataset)[part][0]
        scale = image_formula.scale(rows[:1], images[first : first + 1])
        if isinstance(scale, tuple):
            places = image_rows.by_levels(rows, images, *scale)
            if places is not None:
                better = image_formula.scale(rows, images[places])  # one image has few grey levels
                scale = better if isinstance(better, tuple) else scale
                return dataset, part, places, image_formula.fields(rows, images[places], *scale)
    return None


def _scattered_otherwise(rows: Any) -> Found | None:
    for dataset in _NAMES:
        for part, (images, _) in _arrays(dataset).items():
            for ways in (image_rows.by_ink, image_rows.by_pixels):
                if (found := ways(rows, images)) is not None:
                    return dataset, part, found[0], _NO_FORMULA | found[1]
    return None


def count(dataset: str, part: str) -> int:
    """How many images a part of a data set has."""
    return len(_arrays(dataset)[part][1])


def plain_array(given: Any, what: str) -> Any:
    """An array, tensor or list as a numpy array of numbers; raises ``FitRefused``."""
    if isinstance(given, list | tuple) or hasattr(given, "__array__"):
        try:
            array = np.asarray(given)
        except ValueError:
            array = np.empty(0, object)
        if array.dtype.kind in "biuf":
            return array
    if given is None:
        found = N_("{what} is a {kind} (is a return missing?).")
    else:
        found = N_("{what} is a {kind}.")
    raise FitRefused(found, _ARRAYS, what=what, kind=type(given).__name__)


@cache
def _arrays(dataset: str) -> dict[str, tuple[Any, Any]]:
    """Images (n, 784) and labels (n,) of each part; none where the kernel has no data."""
    folder = Path(os.environ.get("COURSE_DATA", "")) / dataset
    parts = {}
    for part, stem in _FILES.items():
        files = folder / f"{stem}-images-idx3-ubyte", folder / f"{stem}-labels-idx1-ubyte"
        if all(file.is_file() for file in files):
            images, labels = (np.memmap(file, np.uint8, "r") for file in files)
            parts[part] = images[16:].reshape(-1, PIXELS), labels[8:]
    return parts


def _places(image: Any) -> Iterator[tuple[str, str, int]]:
    """Dataset, part and row of each image that this may be.

    Scaling keeps which pixels equal the first: those are compared.
    """
    alike = image == image[0]
    for dataset in _NAMES:
        for part, (images, _) in _arrays(dataset).items():
            for start in range(0, len(images), BLOCK):
                block = images[start : start + BLOCK]
                hits = ((block == block[:, :1]) == alike).all(axis=1)
                yield from ((dataset, part, start + int(row)) for row in np.flatnonzero(hits))


def _one_hot(labels: Any, numbers: Any, what: str) -> bool:
    """Whether labels are rows of zeros and ones; raises ``FitRefused`` if they are others."""
    name = "y" if what == "x" else f"{what}[1]"
    if labels is None:
        raise FitRefused("{name} is missing: give fit the labels too.", _WANTED, name=name)
    given = plain_array(labels, name)
    one_hot: bool = given.shape == (len(numbers), CLASSES)
    if not one_hot and given.shape not in ((len(numbers),), (len(numbers), 1)):
        raise FitRefused(
            "{name} has the shape {shape}, expected ({count},), one label for each image, or "
            "({count}, {classes}) from keras.utils.to_categorical.",
            name=name,
            shape=given.shape,
            count=len(numbers),
            classes=CLASSES,
        )
    wanted = np.eye(CLASSES)[numbers] if one_hot else np.asarray(numbers)
    differ = np.flatnonzero(
        (given.reshape(wanted.shape) != wanted).reshape(len(numbers), -1).any(1)
    )
    if len(differ):
        raise FitRefused(
            "{name}[{row}] is not the label of that image, which is {label}.",
            _WANTED,
            name=name,
            row=differ[0],
            label=numbers[differ[0]],
        )
    return one_hot
