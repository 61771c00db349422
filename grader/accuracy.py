"""The names by which Keras logs a training accuracy: for checks, referee and reports alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

NAMES = ("accuracy", "acc")
"""What the accuracy is called after ``metrics=["accuracy"]`` or ``["acc"]``."""
LONG_NAMES = {
    "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
    "categorical_accuracy": "CategoricalAccuracy",
}
"""What it is called where its class, or Keras' function, was given; the class of each name."""
ALL_NAMES = (*NAMES, *LONG_NAMES)
VALIDATION = "val_"
"""What the names of measurements on validation data begin with."""


def is_accuracy(metric: str) -> bool:
    """Whether a metric of this name is Keras' accuracy; Keras takes any mixture of cases."""
    return metric.lower() in NAMES


def named_accuracy(logs: Mapping[str, float]) -> float | None:
    """The accuracy that an epoch logged by one of ``ALL_NAMES``; None: it logged none by these.

    Claims rest on these alone: the referee accepts nothing else by these names.
    """
    return next((logs[name] for name in ALL_NAMES if name in logs), None)


def logged_accuracy(logs: Mapping[str, float]) -> float | None:
    """The training accuracy to show for an epoch; None where it logged none, or NaN.

    Without one of ``NAMES``, the first metric whose name ends in ``_accuracy``.
    """
    names = (*NAMES, *(name for name in logs if name.endswith("_accuracy")))
    for name in names:
        if name in logs and not name.startswith(VALIDATION):
            return logs[name] if math.isfinite(logs[name]) else None
    return None
