"""Where and in which precision a model computes, as far as the student chose either."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any


def strategy_scope(model: Any) -> AbstractContextManager[Any]:
    """The scope of the ``tf.distribute`` strategy that a model was built in, as Keras enters it.

    Its variables can be changed only there. Other backends have no such strategies.
    """
    strategy = getattr(model, "distribute_strategy", None)
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def mixed(model: Any) -> str:
    """The policy by which layers compute in half precision and keep float32 weights; or empty.

    The referee trains these in float32: on a CPU, mixed precision is the same training, slower.
    """
    policies = {str(layer.dtype_policy.name) for layer in model._flatten_layers()}
    return min((name for name in policies if name.startswith("mixed_")), default="")
