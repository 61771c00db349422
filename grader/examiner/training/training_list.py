"""The trainings of one submission by number, and why others were refused."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import DeclarationRefused
from grader.examiner.training.record import Training

_MAX_REFUSALS = 10


class TrainingList:
    """What the kernel of one submission began, in order."""

    def __init__(self) -> None:
        self._trainings: list[Training] = []
        self._forgotten = 0  # trainings of kernels that are gone: their numbers are not used again
        self._refusals: list[str] = []

    def __iter__(self) -> Iterator[Training]:
        return iter(self._trainings)

    def add(self, training: Training) -> int:
        """Keep a training that was begun; returns its number."""
        self._trainings.append(training)
        return self._forgotten + len(self._trainings) - 1

    def get(self, number: object) -> Training:
        """The training of that number.

        Raises:
            DeclarationRefused: none was begun, or its kernel is gone.
        """
        place = number - self._forgotten if type(number) is int else -1
        if not 0 <= place < len(self._trainings):
            raise DeclarationRefused("No such training was begun.")
        return self._trainings[place]

    def forget(self) -> None:
        """Forget the trainings of a kernel that is gone; the next one runs its cells again."""
        self._forgotten += len(self._trainings)
        self._trainings = []

    def refuse(self, why: str) -> None:
        """Remember why a call of ``fit`` was refused."""
        self._refusals = [*self._refusals, why][-_MAX_REFUSALS:]

    @property
    def last_refusal(self) -> str:
        """Why the last refused call of ``fit`` was refused; empty if none was."""
        return self._refusals[-1] if self._refusals else ""

    def trained(self, network: str) -> list[Training]:
        """The trainings of a network that came to an epoch, last first.

        Args:
            network: canonical JSON of the network.
        """
        return [each for each in reversed(self._trainings) if each.network == network and each.past]


def ended_with(trainings: list[Training], weights_sha256: str) -> tuple[Training, int] | None:
    """The training that gave these weights, and after how many epochs; None if none did.

    Weights at a training's end come first; else a callback restored those of an earlier epoch.
    """
    for training in trainings:
        if training.past[-1].weights_sha256 == weights_sha256:
            return training, len(training.past)
    for training in trainings:
        for epochs, past in enumerate(training.past, 1):
            if past.weights_sha256 == weights_sha256:
                return training, epochs
    return None
