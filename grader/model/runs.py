"""Trainings: a run of one model, and the runs and epochs that the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from grader.accuracy import logged_accuracy


@dataclass(frozen=True)
class FurtherRun:
    """A training of the same network with another seed, which a check asked for.

    Attributes:
        seed: the referee's; the student's own run has the seed 0.
        epochs: how many it came to, all fits together.
        best: the highest training accuracy that an epoch of its last fit logged.
        test_accuracy: accuracy on the whole test set at the end; None: not measured.
        above: the training accuracy after which it was to end; 1.0: it was about test images.
    """

    seed: int
    epochs: int
    best: float
    test_accuracy: float | None
    above: float


@dataclass(frozen=True)
class Run:
    """The whole training of one model, as the referee carried it out or as Keras recorded it.

    Attributes:
        key: the referee's key of the last epoch; empty if Keras recorded the training.
        logs: the logs of each epoch, all fits in order.
        fits: how many epochs each call of ``fit`` took.
        callbacks: class names of the callbacks of the last fit.
        asked: how many epochs the last fit was asked for.
        stopped: whether a callback ended the last fit.
        whole: whether every fit was given the whole training set, of which up to half may be held
            back for validation; None: not known.
        train_accuracy: accuracy on the whole training set at the end; None: not measured.
        test_accuracy: accuracy on the whole test set at the end; None: not measured.
        parameters: how many weights the network has; 0: not measured.
        seconds: how long the epochs took when they were trained.
        device: a description of the device that trained them.
        fresh: how many of the epochs were trained for this submission, not found in the store.
        allowed: how many epochs one model may be trained for; 0: not known.
        further: the same network with other seeds, in the order in which they were tried.
    """

    key: str
    logs: tuple[Mapping[str, float], ...]
    fits: tuple[int, ...]
    callbacks: tuple[str, ...]
    asked: int
    stopped: bool
    whole: bool | None = None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int = 0
    seconds: float = 0.0
    device: str = ""
    fresh: int = 0
    allowed: int = 0
    further: tuple[FurtherRun, ...] = ()

    @property
    def epochs(self) -> int:
        """How many epochs the model was trained for, all fits together."""
        return len(self.logs)

    @property
    def cut(self) -> bool:
        """Whether the last fit was ended since one model may be trained for no more epochs."""
        return self.fits[-1] < self.asked and 0 < self.allowed <= self.epochs and not self.stopped


@dataclass(frozen=True)
class KeptEpoch:
    """One epoch in the store of runs.

    Attributes:
        key: the referee's key of the training up to this epoch.
        number: the epoch's number, counted from 1 over all fits.
        logs: the epoch's logs.
        seconds: how long it took when it was trained.
        size: bytes on the disk.
        when: when it was stored.
        users: each user, and when that user used it last.
    """

    key: str
    number: int
    logs: Mapping[str, float]
    seconds: float
    size: int
    when: datetime
    users: Mapping[str, datetime]

    @property
    def last_used(self) -> datetime:
        """When it was last used; when it was stored, if it never was."""
        return max([self.when, *self.users.values()])

    @property
    def accuracy(self) -> float | None:
        """The training accuracy that it logged, or None if it logged none."""
        return logged_accuracy(self.logs)


@dataclass(frozen=True)
class KeptRun:
    """A training in the store of runs, from its first epoch to one after which none is kept.

    Attributes:
        network: a description of its layers.
        trainings: a description of each call of ``fit``.
        fits: how many epochs each call of ``fit`` took.
        datasets: names of the data sets that it was trained on.
        device: a description of the device that trained the last epoch.
        environment: what else decides the result, bit for bit: Keras' version, backend, kind of
            device.
        epochs: in order; the first ones may be shared with other runs.
        train_accuracy: accuracy on the whole training set at the end; None: not measured.
        test_accuracy: accuracy on the whole test set at the end; None: not measured.
        parameters: how many weights the network has; 0: not measured.
    """

    network: str
    trainings: tuple[str, ...]
    fits: tuple[int, ...]
    datasets: tuple[str, ...]
    device: str
    environment: Mapping[str, str]
    epochs: tuple[KeptEpoch, ...]
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int = 0

    @property
    def key(self) -> str:
        """The key of its last epoch."""
        return self.epochs[-1].key

    @property
    def best_accuracy(self) -> float | None:
        """The highest training accuracy that an epoch logged, or None if none did."""
        logged = [epoch.accuracy for epoch in self.epochs if epoch.accuracy is not None]
        return max(logged, default=None)

    @property
    def seconds(self) -> float:
        """How long all its epochs took when they were trained."""
        return sum(epoch.seconds for epoch in self.epochs)

    @property
    def size(self) -> int:
        """Bytes of all its epochs on the disk."""
        return sum(epoch.size for epoch in self.epochs)

    @property
    def last_used(self) -> datetime:
        """When one of its epochs was last used."""
        return max(epoch.last_used for epoch in self.epochs)

    @property
    def users(self) -> tuple[str, ...]:
        """Everyone who used one of its epochs, sorted by name."""
        return tuple(sorted({user for epoch in self.epochs for user in epoch.users}))

    def as_run(self) -> Run:
        """The run, to be drawn; the store does not know the callbacks."""
        return Run(
            key=self.key,
            logs=tuple(epoch.logs for epoch in self.epochs),
            fits=self.fits,
            callbacks=(),
            asked=self.fits[-1],
            stopped=False,
            train_accuracy=self.train_accuracy,
            test_accuracy=self.test_accuracy,
            parameters=self.parameters,
            seconds=self.seconds,
            device=self.device,
        )
