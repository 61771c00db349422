"""Lets a callback go through a training that is only played: made-up logs, no computing.

Where the callback lives in a student's kernel, it is rehearsed there, and what stands for it here
passes the logs on. They are made up by whoever asks, so that no rehearsal is like another.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.checks.answers import integer, text
from grader.errors import ClaimFailed

Logs = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class Rehearsal:
    """What a callback did while epochs with made-up logs went by.

    Attributes:
        stopped_after: the epoch, counted from 1, after which it stopped the training, or None.
        printed: what it printed in each epoch that was run; a text of ``on_train_begin`` belongs
            to the first epoch, one of ``on_train_end`` to the last.

    """

    stopped_after: int | None
    printed: tuple[str, ...]


def rehearse(callback_class: Any, logs: Logs) -> Rehearsal:
    """Let a new callback of this class see one epoch for each of ``logs``, until it stops.

    Args:
        callback_class: a subclass of ``keras.callbacks.Callback``, made without arguments; or
            whatever stands for it and offers ``__rehearse__(logs)``, which returns
            ``(stopped_after, printed)`` as plain data.
        logs: what each epoch logs, in order; at least one.

    Raises:
        ClaimFailed: it is no such class. Exceptions inside the callback pass through.

    """
    made_up = [{name: float(value) for name, value in one.items()} for one in logs]
    stand_in = getattr(callback_class, "__rehearse__", None)
    if stand_in is not None:
        return _plain(*stand_in(made_up))
    return rehearse_here(callback_class, made_up)


def rehearse_here(callback_class: Any, logs: Sequence[dict[str, float]]) -> Rehearsal:
    """Rehearse in this process, with Keras' own list of callbacks."""
    import keras

    if not (
        isinstance(callback_class, type) and issubclass(callback_class, keras.callbacks.Callback)
    ):
        raise ClaimFailed(
            f"Expected a class derived from tf.keras.callbacks.Callback, received "
            f"{getattr(callback_class, '__name__', type(callback_class).__name__)}. "
            "Begin it with `class StopAtTarget(tf.keras.callbacks.Callback):`."
        )
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.stop_training = False
    callbacks = keras.callbacks.CallbackList(
        [callback_class()], model=model, epochs=len(logs), steps=1, verbose=0
    )
    texts: list[io.StringIO] = []
    for epoch, logged in enumerate(logs):
        texts.append(io.StringIO())
        with contextlib.redirect_stdout(texts[-1]):
            if epoch == 0:
                callbacks.on_train_begin()
            callbacks.on_epoch_begin(epoch)
            callbacks.on_epoch_end(epoch, dict(logged))
            if model.stop_training or epoch == len(logs) - 1:
                callbacks.on_train_end(dict(logged))
        if model.stop_training:
            return Rehearsal(epoch + 1, _values(texts))
    return Rehearsal(None, _values(texts))


def _plain(stopped_after: object, printed: Sequence[object]) -> Rehearsal:
    """Take over what stands for the class says, as exact built-in values."""
    texts = tuple(text(one, what="what the callback printed") for one in printed)
    if stopped_after is None:
        return Rehearsal(None, texts)
    return Rehearsal(integer(stopped_after, what="the epoch that ended the training"), texts)


def _values(texts: Sequence[io.StringIO]) -> tuple[str, ...]:
    return tuple(one.getvalue() for one in texts)
