"""Names the images that a call of ``fit`` trains on and validates on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..course_images import images
from ..course_images.images import Identified
from ..course_images.refused import FitRefused
from .call_checks import expect_steps, validation_pair, validation_share
from .passes import OnePass, is_dataset, one_pass


@dataclass(frozen=True)
class TrainingImages:
    """What a call of ``fit`` trains on.

    Attributes:
        declared: fields of the message ``begin``.
        size: images that an epoch passes over.
        first: images and labels of a first batch, to build the model with.
        reshuffled: whether the referee shuffles images that come in one order in each epoch.
    """

    declared: dict[str, Any]
    size: int
    first: tuple[Any, Any]
    reshuffled: bool


def named(arguments: dict[str, Any]) -> TrainingImages:
    """The images of a call of ``fit``.

    Args:
        arguments: of ``fit``, checked by ``expect_accepted``.

    Raises:
        FitRefused: these are not the course's images.
    """
    if is_dataset(arguments["x"]):
        return _of_dataset(arguments)
    x, y = arguments["x"], arguments["y"]
    if y is None:
        images.plain_array(x, "x")
    found = images.identify(x, y, "x")
    batch_size = int(arguments["batch_size"] or 32)
    how = {"batch_size": batch_size, "shuffle": bool(arguments["shuffle"])}
    training = _training(arguments, found, (x, y), how)
    expect_steps("steps_per_epoch", arguments["steps_per_epoch"], training.size, batch_size)
    return training


def _of_dataset(arguments: dict[str, Any]) -> TrainingImages:
    if arguments["validation_split"]:
        raise FitRefused(
            "fit was given validation_split with a dataset, which Keras does not take either: give "
            "it validation_data, made with .take(n) and .skip(n) before .shuffle."
        )
    steps = arguments["steps_per_epoch"]
    whole = one_pass(arguments["x"], "x", steps)
    found = _filled(images.identify(whole.images, whole.labels, "x"), whole)
    if steps is not None:
        there = images.count(found.fields["dataset"], found.fields["part"])
        expect_steps("steps_per_epoch", steps, there, whole.batch_size)
    how = {"batch_size": whole.batch_size, "shuffle": whole.shuffled}
    return _training(arguments, found, (whole.images, whole.labels), how)


def _training(
    arguments: dict[str, Any], found: Identified, pair: tuple[Any, Any], how: dict[str, Any]
) -> TrainingImages:
    """Put together what is trained on and what is validated on.

    The referee also shuffles where images come in an order that it cannot name.
    """
    size, split, validation = found.fields["count"], 0.0, None
    if arguments["validation_data"] is not None:  # Keras then ignores validation_split
        validation = _validation(arguments)
    elif arguments["validation_split"]:
        split = validation_share(arguments["validation_split"])
        size = math.floor(size * (1.0 - split))
    shuffle = how["shuffle"] or not found.in_order
    declared = how | {
        "shuffle": shuffle,
        "images": found.fields,
        "validation": validation,
        "validation_split": split,
        "validated": bool(validation or split),
    }
    first, reshuffled = (pair[0][:1], pair[1][:1]), shuffle and not how["shuffle"]
    return TrainingImages(declared, size, first, reshuffled)


def _validation(arguments: dict[str, Any]) -> dict[str, Any]:
    """Which images are validated on."""
    given, steps = arguments["validation_data"], arguments["validation_steps"]
    if is_dataset(given):
        whole = one_pass(given, "validation_data", steps)
        return images.identify(whole.images, whole.labels, "validation_data").fields
    fields = images.identify(*validation_pair(given), "validation_data").fields
    batch_size = arguments["validation_batch_size"] or arguments["batch_size"] or 32
    expect_steps("validation_steps", steps, fields["count"], batch_size)
    return fields


def _filled(found: Identified, whole: OnePass) -> Identified:
    """All images of a part, where only the last batch of a shuffled pass was dropped."""
    there = images.count(found.fields["dataset"], found.fields["part"])
    missing = there - found.fields["count"]
    if not (whole.shuffled and whole.cut and 0 < missing < whole.batch_size):
        return found
    fields = {name: value for name, value in found.fields.items() if name != "rows"}
    return Identified(fields | {"first": 0, "count": there}, found.in_order)
