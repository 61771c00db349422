"""What the examiner answers where no claim can rest on a training: logs that are made up.

All claims have their verdicts then. The cell that trains still runs, so that its outputs and the
cells behind it are there; no epoch is computed, and weights stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.accuracy import VALIDATION
from grader.errors import DeclarationRefused
from grader.examiner.training.fit_declaration import Declared
from grader.referee.spec.observed import ACCURACY, LOSS

NUMBER = -2  # of a training that is made up, among the numbers of trainings


class MadeUpTraining:
    """The last training that was begun; it has as many epochs as were asked for.

    Args:
        declared: the call of ``fit``.
        epochs: how many are allowed.
    """

    def __init__(self, declared: Declared, epochs: int) -> None:
        self._observed, self._epochs, self._served = declared.observed, epochs, 0

    def begin(self) -> dict[str, Any]:
        """Begin at the first epoch."""
        return {"training": NUMBER, "epochs": self._epochs, "made_up": True}

    def epoch(self) -> dict[str, Any]:
        """The next epoch's logs, under the student's names where these are of an accuracy.

        Raises:
            DeclarationRefused: there are no more.
        """
        if self._served == self._epochs:
            raise DeclarationRefused("This training has ended: no more epochs are run.")
        self._served += 1
        return {"logs": self._logs(), "weights": None}

    def _logs(self) -> Mapping[str, float]:
        loss = 1.0 / (1.0 + self._served)
        logs = {LOSS: loss, ACCURACY: 1.0 - loss / 4.0}
        if self._observed.observation.validation is not None:
            logs |= {VALIDATION + name: value for name, value in logs.items()}
        return self._observed.logs(logs)
