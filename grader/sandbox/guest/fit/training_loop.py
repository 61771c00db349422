"""The epochs of one training: the referee computes each, and Keras' callbacks see it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..course_images.refused import N_, FitRefused
from ..keras_models import adapted
from .log_errors import comes_of_logs
from .referee import Referee
from .state import TrainingState, expect_own_weights, learning_rate

CUT = N_("The training ends after epoch {epoch}: more are not run while work is graded.")
UNCALLED = N_("{hook} is not called while work is graded.")
_BATCH_HOOKS = [
    f"on_{kind}batch_{when}" for kind in ("", "train_", "test_") for when in ("begin", "end")
]


def train(
    model: Any,
    referee: Referee,
    state: TrainingState,
    callbacks: Any,
    *,
    asked: int,
    allowed: int,
    validated: bool,
) -> Any:
    """Go through the epochs as Keras' own loop does.

    Args:
        model: receives the weights of each epoch.
        referee: computes them.
        state: of this training, which is kept up to date.
        callbacks: a ``keras.callbacks.CallbackList``.
        asked: how many epochs the student asked for.
        allowed: how many the referee carries out at most.
        validated: whether callbacks see a validation after each epoch.

    Returns:
        The logs of the last epoch; None where there was none.
    """
    logs: dict[str, float] | None = None
    for epoch in range(asked):
        if epoch == allowed:
            referee.say(CUT, epoch=epoch)
            break
        callbacks.on_epoch_begin(epoch)
        logs = _epoch(model, referee, state)
        if validated:
            _tell_validation(callbacks, logs)
        _tell_loss(callbacks, logs)
        with _naming_keys(epoch, logs):
            callbacks.on_epoch_end(epoch, dict(logs))
        if model.stop_training:
            break
    return logs


def callback_list(model: Any, callbacks: Any, verbose: Any, epochs: int, steps: int) -> Any:
    """The callbacks as Keras' ``fit`` prepares them."""
    import keras

    if not isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = keras.callbacks.CallbackList(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
            model=model,
        )
    return callbacks


def uncalled_hooks(callbacks: Any) -> Iterator[str]:
    """The first hook for batches of each callback that has some: they are not seen here.

    Args:
        callbacks: a ``keras.callbacks.CallbackList``.
    """
    for callback in callbacks.callbacks:
        hooks = (name for name in _BATCH_HOOKS if _has_batch_hook(callback, name))
        if (first := next(hooks, None)) is not None:
            yield f"{type(callback).__name__}.{first}"


def _epoch(model: Any, referee: Referee, state: TrainingState) -> dict[str, float]:
    """Let the referee train one epoch; returns its logs, and sets its weights in the model."""
    expect_own_weights(model, state)
    if model.optimizer is not state.optimizer:
        raise FitRefused(
            "A callback compiled the model again during its training, which is not accepted while "
            "work is graded. Call compile before fit."
        )
    rate = learning_rate(model)
    if (rate is None) is not (state.rate is None):
        raise FitRefused(
            "A callback replaced the learning rate by a schedule, or a schedule by a number. While "
            "work is graded, give the schedule to the optimizer in compile, or set numbers."
        )
    logs, weights, steps = referee.epoch(state.number, None if rate == state.rate else rate)
    state.rate = rate
    if weights is not None:
        state.weights = weights
        for variable, trained in zip(adapted.weights(model), weights, strict=True):
            variable.assign(trained)
        model.optimizer.iterations.assign_add(steps)  # schedules count these
    return logs


@contextlib.contextmanager
def _naming_keys(epoch: int, logs: dict[str, float]) -> Iterator[None]:
    """Note which keys logs had, where a callback raises what reading another key leads to."""
    try:
        yield
    except Exception as error:
        if comes_of_logs(error):
            keys = " and ".join(map(repr, logs))
            error.add_note(f"At the end of epoch {epoch + 1} logs had the keys {keys}.")
        raise


def _tell_validation(callbacks: Any, logs: dict[str, float]) -> None:
    """Let callbacks see the validation, whose logs have names without ``val_`` there."""
    callbacks.on_test_begin()
    names = {name: value for name, value in logs.items() if name.startswith("val_")}
    callbacks.on_test_end({name.removeprefix("val_"): value for name, value in names.items()})


def _tell_loss(callbacks: Any, logs: dict[str, float]) -> None:
    """Let ``TerminateOnNaN`` see the loss, once an epoch: it looks after each batch."""
    from keras.callbacks import TerminateOnNaN

    for callback in callbacks.callbacks:
        if isinstance(callback, TerminateOnNaN):
            callback.on_batch_end(callbacks.params["steps"] - 1, {"loss": logs["loss"]})


def _has_batch_hook(callback: Any, name: str) -> bool:
    """Whether a callback replaces this hook, and waits for batches in vain."""
    from keras.callbacks import Callback, ModelCheckpoint, ProgbarLogger, TerminateOnNaN

    by_epoch = isinstance(callback, ModelCheckpoint) and callback.save_freq == "epoch"
    if isinstance(callback, ProgbarLogger | TerminateOnNaN) or by_epoch:
        return False
    hook = getattr(callback, name)
    return getattr(hook, "__func__", hook) is not getattr(Callback, name)
