"""Goes once through a dataset that ``fit`` was given, to see which images it is made of."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..course_images.refused import FitRefused, kind_of

MOST_IMAGES = 70_000  # more than any data set of the course has


@dataclass(frozen=True)
class OnePass:
    """What one pass through a dataset gives.

    Attributes:
        images: of all batches, one after the other.
        labels: theirs.
        batch_size: of the first batch.
        shuffled: whether another pass begins with other images.
        cut: whether the last batch may have been dropped, since it was not full.
    """

    images: Any
    labels: Any
    batch_size: int
    shuffled: bool
    cut: bool


def is_dataset(given: Any) -> bool:
    """Whether this is a ``tf.data.Dataset``, a ``PyDataset`` or a generator."""
    return _is_tf_dataset(given) or _is_py_dataset(given) or hasattr(given, "__next__")


def one_pass(given: Any, what: str, steps: int | None) -> OnePass:
    """Go through a dataset once.

    Args:
        given: a dataset; see ``is_dataset``.
        what: the argument's name, for messages.
        steps: how many batches an epoch has; None: all.

    Raises:
        FitRefused: it gives anything but batches of images and labels, or does not end.
    """
    if steps is None and hasattr(given, "__next__") and not _is_py_dataset(given):
        raise FitRefused(
            "{what} is a {kind}, which can be gone through once: give steps_per_epoch=..., or a "
            "dataset, as tf.data.Dataset.from_tensor_slices((images, labels)).batch(32).",
            what=what,
            kind=type(given).__name__,
        )
    batches = list(_checked(_batches(given), what, steps))
    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    sizes = [len(some) for some, _ in batches]
    if len({*sizes[:-1], sizes[0]}) > 1 or sizes[-1] > sizes[0]:
        raise FitRefused(
            "{what} gives batches of {least} to {most} images. While work is graded, all but the "
            "last are of one size: batch the images once, with .batch(32).",
            what=what,
            least=min(sizes),
            most=max(sizes),
        )
    return OnePass(
        images,
        labels,
        batch_size=sizes[0],
        shuffled=_shuffles(given, batches[0][0], what),
        cut=sizes[-1] == sizes[0],
    )


def _batches(given: Any) -> Iterator[Any]:
    """The batches of one pass."""
    if _is_tf_dataset(given):
        return iter(given.as_numpy_iterator())
    if _is_py_dataset(given):
        return (given[place] for place in range(len(given)))
    return iter(given)


def _checked(batches: Iterator[Any], what: str, steps: int | None) -> Iterator[tuple[Any, Any]]:
    """Batches as arrays; raises ``FitRefused`` where they are none, or too many."""
    seen = 0
    for batch in itertools.islice(batches, steps):
        images, labels = _pair(batch, what)
        seen += len(images)
        if seen > MOST_IMAGES:
            raise FitRefused(
                "{what} gives more than {most} images in one epoch, more than the data set has. "
                "Leave out .repeat(): epochs=... repeats the images.",
                what=what,
                most=MOST_IMAGES,
            )
        yield images, labels
    if not seen:
        raise FitRefused(
            "{what} gives no batch. Write it as "
            "tf.data.Dataset.from_tensor_slices((images, labels)).batch(32).",
            what=what,
        )


def _pair(batch: Any, what: str) -> tuple[Any, Any]:
    """Images and labels of one batch."""
    if not isinstance(batch, list | tuple) or len(batch) != 2:
        raise FitRefused(
            "{what} gives {kind}, expected batches of (images, labels), without weights of "
            "samples. Write it as "
            "tf.data.Dataset.from_tensor_slices((images, labels)).batch(32).",
            what=what,
            kind=kind_of(batch),
        )
    images, labels = (np.asarray(part) for part in batch)
    if images.ndim < 2 or labels.ndim < 1 or len(images) != len(labels):
        raise FitRefused(
            "{what} gives images of shape {shape} with labels of shape {labels}, expected batches "
            "such as (32, 28, 28, 1) with (32,). Write it as "
            "tf.data.Dataset.from_tensor_slices((images, labels)).batch(32).",
            what=what,
            shape=images.shape,
            labels=labels.shape,
        )
    return images, labels


def _shuffles(given: Any, first: Any, what: str) -> bool:
    """Whether a second pass begins with another batch; a generator cannot be asked."""
    if not _is_tf_dataset(given) and not _is_py_dataset(given):
        return False
    if _is_py_dataset(given):
        given.on_epoch_end()
    again, _ = _pair(next(_batches(given)), what)
    return not np.array_equal(first, again)


def _is_tf_dataset(given: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(given, tensorflow.data.Dataset)


def _is_py_dataset(given: Any) -> bool:
    import keras

    return isinstance(given, keras.utils.PyDataset)
