"""Walks through the layers of a Keras model, with what Keras keeps of them in private.

The only place that reads Keras' private nodes: the agent describes models by it, and
``grader.checks.architecture`` lists layers by it.
"""

from __future__ import annotations

from typing import Any


def held_by(part: Any, keras: Any) -> list[Any]:
    """The layers and operations that a model or a wrapper holds, in order, without its inputs.

    Args:
        part: a model, a layer or an operation; plain layers and operations hold nothing.
        keras: the module.

    Returns:
        One level; a layer that a functional model applies twice is listed twice.
    """
    parts = []
    if isinstance(part, keras.Sequential):
        parts = list(part.layers)
    elif hasattr(part, "_nodes_by_depth"):
        # A functional model. Its public `layers` lists a layer once however often it is applied.
        depths = sorted(part._nodes_by_depth, reverse=True)
        parts = [node.operation for depth in depths for node in part._nodes_by_depth[depth]]
    elif isinstance(part, keras.Layer):
        # Keras offers `layers` for models only; wrappers and custom layers keep theirs here.
        parts = list(part._flatten_layers(include_self=False, recursive=False))
    return [each for each in parts if not isinstance(each, keras.layers.InputLayer)]
