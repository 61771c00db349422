"""The referee's own copy of the course's images, as a fit was given them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from grader import datasets
from grader.errors import DataError, DeclarationRefused, RefereeError
from grader.referee.spec.images import Images, digest

Labelled = tuple[NDArray[np.float32], NDArray[Any]]
SCALINGS = 4  # kept of those in use: 188 MB for the training images of a data set


class CourseImages:
    """Images by their declaration; each data set is read once.

    Args:
        folder: the data folder, see ``grader.datasets``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sets: dict[str, tuple[Mapping[str, Any], str]] = {}
        self._scaled = lru_cache(SCALINGS)(self._scale)

    def rows(self, images: Images, training: bool) -> Labelled:
        """The declared rows: float32 (count, *shape), and labels (count,) uint8, or (count, 10).

        Args:
            images: which, and how they are scaled.
            training: whether a network is trained on them; else they try it.

        Raises:
            DeclarationRefused: there are no such rows, or a network may not be trained on them.
            RefereeError: the data cannot be read, or are not those that were declared.
        """
        if training and images.part != "train":
            raise DeclarationRefused(
                "fit was given test images to train on: train on the training images, and give "
                "the test images as validation_data"
            )
        arrays = self._arrays(images)
        there = len(arrays[images.part][1])
        if images.last >= there:
            raise DeclarationRefused(
                "rows {first} to {last} were asked for: the {part} part of {dataset} has {there} "
                "images",
                first=images.first,
                last=images.last,
                part=images.part,
                dataset=images.dataset,
                there=there,
            )
        return self._of(images, images.part, images.places())

    def whole(self, images: Images, part: str) -> Labelled:
        """All images of a part, scaled like ``images``, and their labels (n,) as numbers."""
        labels = self._arrays(images)[part][1]
        return self._of(images, part, slice(None))[0], labels

    def count(self, images: Images) -> int:
        """How many images the training part has."""
        return len(self._arrays(images)["train"][1])

    def _of(self, images: Images, part: str, chosen: slice | NDArray[np.intp]) -> Labelled:
        scaled = self._scaled(_scaling(images), part)[chosen]
        labels = self._arrays(images)[part][1][chosen]
        if images.one_hot:
            labels = np.eye(10, dtype=np.float32)[labels]
        return scaled.reshape(-1, *images.shape), labels

    def _scale(self, scaling: Images, part: str) -> Any:
        return scaling.scaled(self._sets[scaling.dataset][0][part][0])

    def _arrays(self, images: Images) -> Mapping[str, Any]:
        if images.dataset not in datasets.DATASETS:
            raise DeclarationRefused(
                "{dataset} is no data set of the course: expected one of {known}",
                dataset=images.dataset[:60],
                known=", ".join(datasets.DATASETS),
            )
        if images.dataset not in self._sets:
            try:
                arrays = datasets.load(self._folder, images.dataset)
            except DataError as error:
                raise RefereeError(f"the referee cannot read its data: {error}") from error
            named: dict[str, Any] = dict(zip(("train", "test"), arrays, strict=True))
            self._sets[images.dataset] = named, digest(arrays)
        parts, ours = self._sets[images.dataset]
        if images.digest != ours:
            raise RefereeError(
                f"the referee has other images of {images.dataset} (SHA-256 {ours[:12]}...) than "
                f"the course (SHA-256 {images.digest[:12]}...): run grader data on both machines"
            )
        return parts


def _scaling(images: Images) -> Images:
    """What of a declaration decides how all images are scaled; the rest is as if it were none."""
    return replace(images, part="train", first=0, count=1, rows="", shape=(28, 28), one_hot=False)
