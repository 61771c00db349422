"""Tells which of the course's images an array holds; its text runs in a student's kernel.

While work is graded, ``fit`` says which images it was given, and the referee trains on its own copy
of them. Nothing here is trusted: who changes it names other images, and is trained on those.

It imports nothing of ours; in the kernel it is the module ``course_images``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

PIXELS = 28 * 28
CLASSES = 10
_FILES = {"train": "train", "test": "t10k"}
_NAMES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
_BLOCK = 5000  # images that are looked at together
_WANTED = (
    "While your work is graded, fit takes the course's own images: as load_data() gives them, or "
    "each number scaled alike (images / 255, for example), all of them or some that stand one "
    "after the other, as images[100:600], with the labels that belong to them"
)


class FitRefused(ValueError):  # noqa: N818 -- named for what happened, like DeclarationRefused
    """What fit was asked for is not accepted while work is graded; the text says what is."""


def recognised(images: Any, labels: Any, what: str) -> dict[str, Any]:
    """Which images these are, and how their numbers were scaled.

    Args:
        images: what fit was given: (n, ...) with 784 numbers an image.
        labels: theirs: (n,) or (n, 1) numbers, or (n, 10) zeros and ones.
        what: they are, for messages: ``x`` or ``validation_data``.

    Returns:
        The fields of ``grader.referee.recipe.Images`` but for the digest.

    Raises:
        FitRefused: these are not the course's images with their labels, one after the other.
    """
    found = plain_array(images, what)
    if found.ndim < 2 or math.prod(found.shape[1:]) != PIXELS or not len(found):
        raise FitRefused(f"{what} has the shape {found.shape}, expected (n, 28, 28, 1). {_WANTED}.")
    rows, trouble = found.reshape(len(found), PIXELS), ""
    for dataset, part, first in _places(rows[0]):
        raw, numbers = (array[first : first + len(rows)] for array in _arrays(dataset)[part])
        scale = _scale(rows, raw)
        if isinstance(scale, tuple):
            return {
                "dataset": dataset,
                "part": part,
                "first": first,
                "count": len(rows),
                "divisor": scale[0],
                "offset": scale[1],
                "shape": list(found.shape[1:]),
                "one_hot": _one_hot(labels, numbers, what),
            }
        if scale:
            trouble = (
                f"{what}[0] is image {first} of {_NAMES[dataset]} ({part}), but {what}[{scale}] is "
                f"not image {first + scale}. Images that were picked, mixed, shuffled or changed "
                "by hand are not accepted: fit itself shuffles them for each epoch. "
            )
    trouble = trouble or f"{what}[0] is none of the course's images, or was changed. "
    raise FitRefused(f"{trouble}{_WANTED}.")


def plain_array(found: Any, what: str) -> Any:
    """An array, tensor or list as a numpy array of numbers; raises ``FitRefused``."""
    if isinstance(found, list | tuple) or hasattr(found, "__array__"):
        try:
            array = np.asarray(found)
        except ValueError:
            array = np.empty(0, object)
        if array.dtype.kind in "biuf":
            return array
    raise FitRefused(
        f"{what} is a {type(found).__name__}. While your work is graded, fit takes arrays, as "
        "fit(images, labels, batch_size=32): no tf.data, no generators. Give it the arrays."
    )


@cache
def _arrays(dataset: str) -> dict[str, tuple[Any, Any]]:
    """Images (n, 784) and labels (n,) of each part; none where the kernel has no data."""
    folder = Path(os.environ.get("COURSE_DATA", "")) / dataset
    found = {}
    for part, stem in _FILES.items():
        files = folder / f"{stem}-images-idx3-ubyte", folder / f"{stem}-labels-idx1-ubyte"
        if all(file.is_file() for file in files):
            images, labels = (np.memmap(file, np.uint8, "r") for file in files)
            found[part] = images[16:].reshape(-1, PIXELS), labels[8:]
    return found


def _places(image: Any) -> Iterator[tuple[str, str, int]]:
    """Where an image may stand: in images with as dark pixels at the same places as its first.

    Which pixels are alike is what no scaling changes.
    """
    alike = image == image[0]
    for dataset in _NAMES:
        for part, (images, _) in _arrays(dataset).items():
            for start in range(0, len(images), _BLOCK):
                block = images[start : start + _BLOCK]
                hits = ((block == block[:, :1]) == alike).all(axis=1)
                yield from ((dataset, part, start + int(row)) for row in np.flatnonzero(hits))


def _scale(rows: Any, raw: Any) -> tuple[float, float] | int:
    """Divisor and offset with which ``rows`` are ``raw / divisor + offset``.

    Returns:
        The two, rounded so that the same work gives the same numbers, or the first row that is
        scaled in another way or is not there.
    """
    if len(rows) > len(raw):
        return len(raw)
    low, high = int(raw[:_BLOCK].argmin()), int(raw[:_BLOCK].argmax())
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
    for start in range(0, len(rows), _BLOCK):
        wanted = raw[start : start + _BLOCK] / divisor + offset
        near = np.abs(rows[start : start + _BLOCK] - wanted).max(axis=1) <= allowed
        if not near.all():
            return start + int(near.argmin())
    return divisor, offset


def _one_hot(labels: Any, numbers: Any, what: str) -> bool:
    """Whether labels are rows of zeros and ones; raises ``FitRefused`` if they are others."""
    name = "y" if what == "x" else f"the labels in {what}"
    if labels is None:
        raise FitRefused(f"{name} is missing: give fit the labels too. {_WANTED}.")
    found = plain_array(labels, name)
    one_hot: bool = found.shape == (len(numbers), CLASSES)
    if not one_hot and found.shape not in ((len(numbers),), (len(numbers), 1)):
        raise FitRefused(
            f"{name} has the shape {found.shape}, expected ({len(numbers)},), one label for each "
            f"image, or ({len(numbers)}, {CLASSES}) from keras.utils.to_categorical."
        )
    wanted = np.eye(CLASSES)[numbers] if one_hot else np.asarray(numbers)
    differ = np.flatnonzero(
        (found.reshape(wanted.shape) != wanted).reshape(len(numbers), -1).any(1)
    )
    if len(differ):
        raise FitRefused(
            f"{name}[{differ[0]}] is not the label of that image, which is {numbers[differ[0]]}. "
            f"{_WANTED}."
        )
    return one_hot
