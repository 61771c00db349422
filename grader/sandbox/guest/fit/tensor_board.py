"""Lets the callback ``TensorBoard`` write nothing, whether or not its package is installed."""

from __future__ import annotations

from typing import Any

SILENT = "TensorBoard writes no logs while work is graded; the training goes on without it."
_HOOKS = [
    *(f"on_{part}_{when}" for part in ("epoch", "train", "test") for when in ("begin", "end")),
    *(f"on_{part}_batch_{when}" for part in ("train", "test") for when in ("begin", "end")),
]


def silence(keras: Any) -> None:
    """Replace the hooks of Keras' class by those of its base class, which do nothing.

    Args:
        keras: the module.
    """
    board, base = keras.callbacks.TensorBoard, keras.callbacks.Callback
    for hook in _HOOKS:
        setattr(board, hook, getattr(base, hook))
    board.set_model = _set_model


def _set_model(board: Any, model: Any) -> None:
    board._model = model
    print(SILENT)
