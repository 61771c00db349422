"""The progress of a training, told epoch by epoch to those who watch a class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochAwaited:
    """The referee is asked for an epoch.

    Attributes:
        network: eight digits that name the network as it is trained; equal ones share a training.
        epoch: its number, from 1 on, over all fits of the model.
        epochs: its greatest number, unless a callback stops the training.
    """

    network: str
    epoch: int
    epochs: int


@dataclass(frozen=True)
class EpochTrained:
    """The referee gave an epoch.

    Attributes:
        awaited: the epoch.
        accuracy: of the training images; None where none was logged.
        seconds: that computing it took.
        fresh: whether it was computed now; else it was in the store.
    """

    awaited: EpochAwaited
    accuracy: float | None
    seconds: float
    fresh: bool


TrainingProgress = EpochAwaited | EpochTrained


def ignore(_: TrainingProgress) -> None:
    """Do nothing."""
