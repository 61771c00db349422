"""An epoch with weights of many types, for tests of messages."""

from __future__ import annotations

import numpy as np

from grader.referee.spec.contract import Epoch

WEIGHTS = (
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.array(7, np.int64),
    np.zeros((0, 4), np.float16),
    np.asfortranarray(np.arange(4, dtype=np.uint8).reshape(2, 2)),
    np.array([True, False]),
)


EPOCH = Epoch("key", {"loss": np.float32(0.5), "accuracy": 1}, 1.5, "paper", True, WEIGHTS)
