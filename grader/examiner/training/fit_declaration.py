"""Reads and checks what a student's kernel declares of a call of ``fit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct

from grader.errors import DeclarationRefused
from grader.model import Budget
from grader.referee.spec import declaration, fields
from grader.referee.spec.fields import LearningRate, ValidationSplit
from grader.referee.spec.images import Images, read_images
from grader.referee.spec.observed import Observed, observed
from grader.referee.spec.recipe import Fit
from grader.sandbox.guest.protocol import MAX_CALLBACKS

_MAX_EPOCHS = 1_000_000  # asked for; how many are run is the budget's matter

_Natural: TypeAlias = Annotated[int, Meta(ge=0, le=_MAX_EPOCHS)]
_Name: TypeAlias = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True)
class Declared:
    """One call of ``fit``, checked.

    Attributes:
        network: canonical JSON of the network.
        fit: the call, of no epochs yet.
        observed: what it shows of each epoch.
        continues: number of the training that it goes on from, or None.
        epochs: how many were asked for.
        callbacks: names of the classes of its callbacks.
        classes: numbers of these classes; empty where they are not told.
    """

    network: str
    fit: Fit
    observed: Observed
    continues: int | None
    epochs: int
    callbacks: tuple[str, ...]
    classes: tuple[int, ...] = ()


def read(message: Mapping[str, Any], budget: Budget, digests: Mapping[str, str]) -> Declared:
    """What the kernel declared.

    Args:
        message: from the kernel.
        budget: what the network may cost.
        digests: data set to the SHA-256 of its arrays, as the grading run has them.

    Raises:
        DeclarationRefused: it is nothing that may be trained.
    """
    network_json, compile_json = message.get("network"), message.get("compiled")
    if type(network_json) is not str or type(compile_json) is not str:
        raise DeclarationRefused(
            "The network or what it was compiled with cannot be told as plain settings ({why}): "
            "while work is graded, build it with keras.Sequential or keras.Model(inputs, outputs) "
            "from Keras' own layers, losses and metrics.",
            why=str(message.get("why"))[:300],
        )
    network = declaration.network(network_json, budget)
    compiled = declaration.compiled(compile_json, network)
    metrics = declaration.metrics(compile_json)
    try:
        return _declared(message, network, (compiled, metrics), digests)
    except ValueError as error:
        raise DeclarationRefused(
            "This call of fit is not in order: {error}", error=str(error)[:200]
        ) from error


def learning_rate(message: Mapping[str, Any]) -> float | None:
    """The learning rate that a callback set before an epoch; None if none did.

    Raises:
        DeclarationRefused: it is no learning rate.
    """
    try:
        return fields.read(_EpochMessage, dict(message)).learning_rate
    except ValueError as error:
        raise DeclarationRefused("A callback set a learning rate: {error}.", error=error) from error


class _FitMessage(Struct, frozen=True):
    """What a call of ``fit`` declares, besides its network. Other fields are not read."""

    images: dict[str, Any]
    validation: dict[str, Any] | None
    validation_split: ValidationSplit
    batch_size: Annotated[int, Meta(ge=1, le=1_000_000)]
    shuffle: bool
    fresh_optimizer: bool
    continues: _Natural | None
    epochs: _Natural
    callbacks: Annotated[tuple[_Name, ...], Meta(max_length=MAX_CALLBACKS)]
    classes: Annotated[tuple[_Natural, ...], Meta(max_length=MAX_CALLBACKS)] = ()


class _EpochMessage(Struct, frozen=True):
    """What is asked of an epoch. Other fields are not read."""

    learning_rate: LearningRate | None = None


def _declared(
    message: Mapping[str, Any], network: str, how: tuple[str, str], digests: Mapping[str, str]
) -> Declared:
    """The rest of a message, around a network that was accepted; raises ``ValueError``."""
    call = fields.read(_FitMessage, dict(message))
    compiled, metrics = how
    fit = Fit(
        compiled=compiled,
        images=_images(call.images, digests),
        validation_split=call.validation_split,
        batch_size=call.batch_size,
        shuffle=call.shuffle,
        fresh_optimizer=call.fresh_optimizer,
        learning_rates=(),
    )
    if fit.trained_on < 1:
        raise ValueError("the validation split leaves no image to train on")
    validation = _held_back(fit) if call.validation is None else _images(call.validation, digests)
    shown = observed(metrics, fit.images.one_hot, validation)
    return Declared(network, fit, shown, call.continues, call.epochs, call.callbacks, call.classes)


def _held_back(fit: Fit) -> Images | None:
    """The last part of the images, which a fit with ``validation_split`` is tried on."""
    images, kept = fit.images, fit.trained_on
    if kept == images.count:
        return None
    return images.from_place(kept)


def _images(described: dict[str, Any], digests: Mapping[str, str]) -> Images:
    """Images of the course's, with the digest that the grading run knows."""
    dataset = described.get("dataset")
    if type(dataset) is not str:
        raise ValueError(f"images that are not named: {described!r:.60}")
    if dataset not in digests:
        raise ValueError(f"the course has no data set {dataset!r:.60}")
    return read_images(described | {"digest": digests[dataset]})
