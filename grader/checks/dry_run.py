"""Dry runs of a callback: a training with made-up logs and no computing.

A proxy of a callback's class has the dry run carried out in the student's kernel. The check makes
up the logs, so that no dry run is like another.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.answers import integer, text
from grader.checks.protocols import CallbackProxy, capability
from grader.errors import ClaimFailed
from grader.language import gettext

Logs = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class DryRun:
    """What a callback did while epochs with made-up logs went by.

    Attributes:
        stopped_after: the epoch, counted from 1, after which it stopped the training, or None.
        printed: what it printed in each epoch that was run, what it wrote to ``sys.stderr``, as
            loggers do, included; a text of ``on_train_begin`` belongs
            to the first epoch, one of ``on_train_end`` to the last.

    """

    stopped_after: int | None
    printed: tuple[str, ...]


def dry_run(callback_class: Any, logs: Logs) -> DryRun:
    """Let a new callback of this class see one epoch for each of ``logs``, until it stops.

    Args:
        callback_class: a subclass of ``keras.callbacks.Callback`` that is made without arguments;
            or its proxy.
        logs: what each epoch logs, in order; at least one.

    Returns:
        When the callback stopped the training, and what it printed.

    Raises:
        ClaimFailed: ``callback_class`` is no such class. Exceptions of the callback pass through.

    Example:
        In a test cell, with the student's ``StopAtTarget``::

            seen = dry_run(StopAtTarget, [{"accuracy": 0.9}, {"accuracy": 0.999}])
            assert seen.stopped_after == 2
    """
    made_up = [{name: float(value) for name, value in logged.items()} for logged in logs]
    proxy = capability(callback_class, CallbackProxy)
    if proxy is not None:
        return _plain(*proxy.dry_run(made_up))
    return _dry_run_here(callback_class, made_up)


def _dry_run_here(callback_class: Any, logs: Sequence[dict[str, float]]) -> DryRun:
    """Carry it out in this process, with Keras' own list of callbacks."""
    import keras

    if not (
        isinstance(callback_class, type) and issubclass(callback_class, keras.callbacks.Callback)
    ):
        raise ClaimFailed(
            "Expected a class derived from tf.keras.callbacks.Callback, received {found}. "
            "Begin it with `class StopAtTarget(tf.keras.callbacks.Callback):`.",
            found=getattr(callback_class, "__name__", type(callback_class).__name__),
        )
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    # A training makes them in its first step. EarlyStopping asks them which direction is better.
    model.compute_metrics(None, np.zeros((1, 1)), np.zeros((1, 1)))
    model.reset_metrics()
    model.stop_training = False
    callbacks = keras.callbacks.CallbackList(
        [callback_class()], model=model, epochs=len(logs), steps=1, verbose=0
    )
    texts: list[io.StringIO] = []
    for epoch, logged in enumerate(logs):
        texts.append(io.StringIO())
        with _collecting(texts[-1]):
            if epoch == 0:
                callbacks.on_train_begin()
            callbacks.on_epoch_begin(epoch)
            callbacks.on_epoch_end(epoch, dict(logged))
            if model.stop_training or epoch == len(logs) - 1:
                callbacks.on_train_end(dict(logged))
        if model.stop_training:
            return DryRun(epoch + 1, _values(texts))
    return DryRun(None, _values(texts))


@contextlib.contextmanager
def _collecting(text: io.StringIO) -> Iterator[None]:
    """Collect what is shown below a cell, what loggers write included; they hold their streams."""
    with contextlib.ExitStack() as stack:
        for stream in {sys.stdout, sys.stderr}:
            stream.write = text.write  # type: ignore[method-assign]
            stack.callback(delattr, stream, "write")
        stack.enter_context(contextlib.redirect_stdout(text))
        yield


def _plain(stopped_after: object, printed: Sequence[object]) -> DryRun:
    """Copy what a proxy says, as exact built-in values."""
    texts = tuple(text(each, what=gettext("what the callback printed")) for each in printed)
    if stopped_after is None:
        return DryRun(None, texts)
    return DryRun(integer(stopped_after, what=gettext("the epoch that ended the training")), texts)


def _values(texts: Sequence[io.StringIO]) -> tuple[str, ...]:
    return tuple(stream.getvalue() for stream in texts)
