"""The two networks that are trained side by side in ``cnn_exploration``, as in its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from grader.checks.architecture import expect_layers

_DENSE: list[tuple[str, dict[str, object]]] = [
    ("Flatten", {}),
    ("Dense", {"units": 128, "activation": "relu"}),
    ("Dense", {"units": 10, "activation": "softmax"}),
]
_PAIR: list[tuple[str, dict[str, object]]] = [
    ("Conv2D", {"filters": 64, "kernel_size": (3, 3), "activation": "relu"}),
    ("MaxPooling2D", {"pool_size": (2, 2)}),
]

COMPETITORS: Mapping[str, Callable[[Any], None]] = MappingProxyType(
    {
        "build_dnn": partial(expect_layers, expected=_DENSE),
        "build_cnn": partial(expect_layers, expected=[*_PAIR, *_PAIR, *_DENSE]),
    }
)
"""What the claims on a function ask of its network, for ``claimed.expect_claimed``."""
