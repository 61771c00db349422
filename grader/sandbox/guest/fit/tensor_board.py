"""Lets the callback ``TensorBoard`` write nothing, whether or not its package is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..course_images.refused import N_

SILENT = N_("TensorBoard writes no logs while work is graded; the training goes on without it.")
_HOOKS = [
    *(f"on_{part}_{when}" for part in ("epoch", "train", "test") for when in ("begin", "end")),
    *(f"on_{part}_batch_{when}" for part in ("train", "test") for when in ("begin", "end")),
]


def silence(keras: Any, say: Callable[[str], None]) -> None:
    """Replace the hooks of Keras' class by those of its base class, which do nothing.

    Args:
        keras: the module.
        say: tells a student that nothing is written, once such a callback gets its model.
    """

    def set_model(board: Any, model: Any) -> None:
        board._model = model
        say(SILENT)

    board, base = keras.callbacks.TensorBoard, keras.callbacks.Callback
    for hook in _HOOKS:
        setattr(board, hook, getattr(base, hook))
    board.set_model = set_model
