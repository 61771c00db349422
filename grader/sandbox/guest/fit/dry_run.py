"""Shows a callback a training without any computing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..printed import PrintedByEpoch, collecting


class ClaimFailed(AssertionError):  # noqa: N818 -- the examiner knows it by this name
    """What was to be shown a training is no class of callbacks."""


def printed_by_epoch(
    callback_class: Any, fit: Callable[[Any, list[Any]], None], streams: Sequence[Any]
) -> list[str]:
    """What a new callback of this class prints in each epoch of a training.

    Args:
        callback_class: the student's.
        fit: carries the training out on a model, with a list of callbacks.
        streams: the kernel's own; what is written to them counts as printed.

    Returns:
        A text for each epoch; what is printed at the beginning or the end of the training belongs
        to the first or the last.

    Raises:
        ClaimFailed: it is no class of callbacks.
    """
    import keras

    _expect_callback_class(callback_class, keras)
    printed = PrintedByEpoch()

    class NoteEpochs(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            printed.begin_epoch(epoch)

    model = _model(keras)
    with collecting(printed, streams):
        fit(model, [NoteEpochs(), callback_class()])
    return printed.texts


def _expect_callback_class(callback_class: Any, keras: Any) -> None:
    base = keras.callbacks.Callback
    if isinstance(callback_class, type) and issubclass(callback_class, base):
        return
    kind = getattr(callback_class, "__name__", type(callback_class).__name__)
    raise ClaimFailed(
        f"Expected a class derived from tf.keras.callbacks.Callback, received {kind}. "
        "Begin it with `class StopAtTarget(tf.keras.callbacks.Callback):`."
    )


def _model(keras: Any) -> Any:
    """A small compiled network, for callbacks that look at their model and its metrics."""
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    # A training makes them in its first step. EarlyStopping asks them which direction is better.
    model.compute_metrics(None, np.zeros(1), np.zeros((1, 10), np.float32))
    model.reset_metrics()
    return model
