"""The scale of a learning curve: stretched towards 1, where trainings end.

Each halving of the error rate is one step of the same size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from grader.accuracy import logged_accuracy
from grader.model import Run

GRID = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
_HIGHEST = 0.99995  # drawn for an accuracy of 1, which the scale cannot show


def drawn(accuracy: float) -> float:
    """The accuracy, limited to the range that the scale can show."""
    return min(max(accuracy, 0.0), _HIGHEST)


def curve(run: Run) -> list[float]:
    """The accuracy to draw for each epoch; NaN, which leaves a gap, if none was logged."""
    values = [logged_accuracy(logs) for logs in run.logs]
    return [math.nan if value is None else drawn(value) for value in values]


def limits(accuracies: Iterable[float]) -> tuple[float, float]:
    """The ends of an axis that shows all of these accuracies."""
    heights = [drawn(accuracy) for accuracy in accuracies if not math.isnan(accuracy)]
    return max(0.0, 1 - (1 - min(heights)) * 1.3), 1 - (1 - max(heights)) / 1.5


def halvings(accuracy: float) -> float:
    """How often the error rate was halved: the position on the scale."""
    return -math.log2(1 - accuracy)
