"""What the examiner answers during the dry run of a callback: logs that were made up beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import DeclarationRefused

NUMBER = -1  # of a dry run, among the numbers of trainings


class Script:
    """The logs of a dry run.

    Args:
        logs: what each epoch logs, in order.

    Attributes:
        logs: what each epoch logs.
        stopped_after: the epoch, counted from 1, after which the training was stopped, or None.
    """

    def __init__(self, logs: Sequence[Mapping[str, float]]) -> None:
        self.logs, self._served = [dict(logged) for logged in logs], 0
        self.stopped_after: int | None = None

    def begin(self) -> dict[str, Any]:
        """Begin at the first epoch."""
        self._served, self.stopped_after = 0, None
        return {"training": NUMBER, "epochs": len(self.logs)}

    def epoch(self) -> dict[str, Any]:
        """The next epoch's logs; weights stay as they are."""
        if self._served == len(self.logs):
            raise DeclarationRefused("The dry run has no more epochs.")
        self._served += 1
        return {"logs": dict(self.logs[self._served - 1]), "weights": None}

    def end(self, stopped: bool) -> dict[str, Any]:
        """The training ended, by the callback or with the last epoch."""
        self.stopped_after = self._served if stopped else None
        return {}
