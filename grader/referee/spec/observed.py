"""What a student sees of an epoch: under which names, and what must be observed for it.

The same training may be compiled with ``metrics=["acc"]``, with ``["accuracy"]`` or with a list of
other metrics. What is trained is one; here it gets the names back that this student chose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.accuracy import LONG_NAMES, VALIDATION, is_accuracy
from grader.errors import DeclarationRefused
from grader.language import N_
from grader.referee.spec.images import Images
from grader.referee.spec.recipe import NOTHING, Observation

ACCURACY, LOSS = "accuracy", "loss"


@dataclass(frozen=True)
class Observed:
    """What one call of ``fit`` shows of each epoch.

    Attributes:
        observation: what the referee is asked for besides loss and accuracy.
        names: under which the accuracy is logged, in order; unused where ``observation`` names
            metrics, since Keras then gives the names.
    """

    observation: Observation = NOTHING
    names: tuple[str, ...] = (ACCURACY,)

    def logs(self, found: Mapping[str, float]) -> dict[str, float]:
        """An epoch's logs under the student's names and in Keras' order, from the referee's."""
        if self.observation.metrics:
            return dict(found)
        logs: dict[str, float] = {}
        for before in ("", VALIDATION) if self.observation.validation else ("",):
            renamed = {before + LOSS: found[before + LOSS]}
            renamed |= {before + name: found[before + ACCURACY] for name in self.names}
            logs |= dict(sorted(renamed.items()))
        return logs


def observed(metrics: str, one_hot: bool, validation: Images | None) -> Observed:
    """What a fit shows.

    Args:
        metrics: canonical JSON; see ``declaration.metrics``.
        one_hot: whether labels are rows of zeros and ones.
        validation: what it is tried on after each epoch, or None.

    Raises:
        DeclarationRefused: an accuracy is meant for labels of the other kind, and tells nothing.
    """
    lists = json.loads(metrics)
    for metric in (*lists["metrics"], *lists["weighted_metrics"]):
        _expect_for(metric, one_hot)
    names = [_accuracy_name(metric, one_hot) for metric in lists["metrics"]]
    known = [name for name in names if name is not None]
    if lists["weighted_metrics"] or len(known) < len(names) or len(set(known)) < len(known):
        return Observed(Observation(metrics, validation))
    return Observed(Observation("", validation), tuple(known))


_ONE_HOT = N_(
    "the metric {metric} does not go with labels that are rows of zeros and ones: write "
    'metrics=["accuracy"]'
)
_NUMBERS = N_(
    'the metric {metric} does not go with labels that are whole numbers: write metrics=["accuracy"]'
)


def _expect_for(metric: Any, one_hot: bool) -> None:
    """Refuse the accuracy that is not for such labels: a claim would take it for the right one."""
    kind = accuracy_of(not one_hot)
    if metric in (kind, next(name for name, of in LONG_NAMES.items() if of == kind)):
        raise DeclarationRefused(_ONE_HOT if one_hot else _NUMBERS, metric=metric)


def accuracy_of(one_hot: bool) -> str:
    """Keras' class of the share that is classified correctly, for labels of this kind."""
    return "CategoricalAccuracy" if one_hot else "SparseCategoricalAccuracy"


def _accuracy_name(metric: Any, one_hot: bool) -> str | None:
    """The name by which a metric logs the accuracy; None if it logs anything else."""
    kind = accuracy_of(one_hot)
    function = "categorical_accuracy" if one_hot else "sparse_categorical_accuracy"
    if isinstance(metric, str):
        return metric if is_accuracy(metric) or metric == function else None
    config = metric["config"]
    plain = config.keys() <= {"name", "dtype"} and config.get("dtype") in (None, "float32")
    if metric["class_name"] != kind or not plain:
        return None
    return str(config.get("name") or function)
