"""The scale of a learning curve: stretched towards 1, where trainings end.

Each halving of the errors is the same step up: 0.995 and 0.998 are far apart for a training.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from grader.model import Run, logged_accuracy

GRID = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_HIGHEST = 0.99995  # what is drawn for an accuracy of 1, which the scale does not reach


def drawn(accuracy: float) -> float:
    """The accuracy at which one is drawn."""
    return min(max(accuracy, 0.0), _HIGHEST)


def curve(run: Run) -> list[float]:
    """What is drawn for each epoch; NaN, which leaves a gap, where none was logged."""
    found = [logged_accuracy(logs) for logs in run.logs]
    return [math.nan if value is None else drawn(value) for value in found]


def limits(accuracies: Iterable[float]) -> tuple[float, float]:
    """The lowest and the highest accuracy of an axis on which all of these are drawn."""
    found = [drawn(one) for one in accuracies if not math.isnan(one)]
    return max(0.0, 1 - (1 - min(found)) * 1.3), 1 - (1 - max(found)) / 1.5


def halvings(accuracy: float) -> float:
    """How often the errors were halved: the place on the scale."""
    return -math.log2(1 - accuracy)
