"""A training's whole state between two epochs, as arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import RefereeError

State = tuple[NDArray[Any], ...]


def capture(model: Any) -> State:
    """Exact copies of every variable of a model and then of its optimizer.

    Among them are the states of dropout and the like, the learning rate, and the count of steps. A
    model that is given them goes on as if it had never stopped. Metrics are not: each epoch begins
    with none.
    """
    return copies(_variables(model))


def copies(variables: Sequence[Any]) -> State:
    """Exact copies of Keras variables, which later training does not touch."""
    return tuple(np.array(variable.numpy()) for variable in variables)


def restore(model: Any, state: Sequence[NDArray[Any]]) -> None:
    """Give a compiled model of the same network what ``capture`` took.

    Raises:
        RefereeError: the state is another network's.
    """
    variables = _variables(model)
    expected = [tuple(variable.shape) for variable in variables]
    if [array.shape for array in state] != expected:
        raise RefereeError(
            f"a checkpoint of {len(state)} arrays does not fit the network's {len(expected)} "
            "variables: remove it from the store of runs, and it is trained again"
        )
    for variable, array in zip(variables, state, strict=True):
        variable.assign(array)


def _variables(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]
