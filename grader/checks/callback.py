"""What a callback does when a training is rehearsed: made-up logs, no computing."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.checks.answers import integer, text
from grader.errors import ClaimFailed

TARGET = 0.998
MESSAGE = "Reached 99.8% accuracy so cancelling training!"
# What Keras calls the metric depends on how `compile` was told: metrics=["accuracy"] or ["acc"].
KEYS = ("accuracy", "acc")


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


def rehearse(callback_class: Any, accuracies: Sequence[float], *, key: str = KEYS[0]) -> Rehearsal:
    """Let a new callback of this class see one epoch for each accuracy, until it stops.

    Args:
        callback_class: a subclass of ``keras.callbacks.Callback``, made without arguments; or
            whatever stands for it and offers ``__rehearse__(accuracies, key)``, which returns
            ``(stopped_after, printed)`` as plain data.
        accuracies: what each epoch's logs say, in order; at least one.
        key: the name of the accuracy in the logs.

    Raises:
        ClaimFailed: it is no such class. Exceptions inside the callback pass through.

    """
    made_up = [float(accuracy) for accuracy in accuracies]
    stand_in = getattr(callback_class, "__rehearse__", None)
    if stand_in is not None:
        return _plain(*stand_in(made_up, key))
    return _rehearse_here(callback_class, made_up, key)


def stops_at_target(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that the training stops after the first epoch whose accuracy is above ``TARGET``.

    Args:
        callback_class: as for ``rehearse``.
        accuracies: at least one above ``TARGET``; those before it well below, since stopping too
            early is another claim's matter.

    Raises:
        ClaimFailed: it stops at another epoch, or never.

    """
    hit = _first_above(accuracies)
    stopped = rehearse(callback_class, accuracies, key=_key_read(callback_class)).stopped_after
    if stopped != hit:
        raise ClaimFailed(
            f"With the made-up accuracies {_listing(accuracies)} the training "
            f"{_ending(stopped)}, expected: it stops after epoch {hit}, the first above {TARGET}. "
            + _advice()
        )


def keeps_going_below_target(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that no epoch stops the training while its accuracy is at most ``TARGET``.

    Raises:
        ClaimFailed: it stops.

    """
    stopped = rehearse(callback_class, accuracies, key=_key_read(callback_class)).stopped_after
    if stopped is not None:
        raise ClaimFailed(
            f"With the made-up accuracies {_listing(accuracies)} the training stopped after epoch "
            f"{stopped}, whose accuracy, {accuracies[stopped - 1]:.6g}, is not above {TARGET}. "
            f"Compare with > {TARGET}."
        )


def stop_message(callback_class: Any, accuracies: Sequence[float]) -> None:
    """Check that ``MESSAGE`` is printed once, in the epoch that ends the training, not before.

    Args:
        callback_class: as for ``rehearse``.
        accuracies: the last one above ``TARGET``, or none of them: then nothing may be announced.

    Raises:
        ClaimFailed: it is not printed, more than once, or in another epoch.

    """
    seen = rehearse(callback_class, accuracies, key=_key_read(callback_class))
    counts = [printed.count(MESSAGE) for printed in seen.printed]
    # A callback that stops too early, or never, is judged by another claim.
    ending = seen.stopped_after or _first_above(accuracies)
    with_accuracies = f"With the made-up accuracies {_listing(accuracies)}"
    early = next((epoch for epoch, n in enumerate(counts, 1) if n and epoch != ending), None)
    if early is not None:
        raise ClaimFailed(
            f"{with_accuracies} the message appeared in epoch {early}, but the training "
            f"{_ending(ending)}. Print it in the same `if` that stops the training."
        )
    if ending is not None and counts[ending - 1] != 1:
        raise ClaimFailed(
            f"{with_accuracies} epoch {ending} printed {seen.printed[ending - 1]!r}, expected "
            f"{MESSAGE!r} in it once, found {counts[ending - 1]} times. Call "
            f'print("{MESSAGE}") where you stop the training.'
        )


def _rehearse_here(callback_class: Any, accuracies: list[float], key: str) -> Rehearsal:
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
        [callback_class()], model=model, epochs=len(accuracies), steps=1, verbose=0
    )
    texts: list[io.StringIO] = []
    for epoch, accuracy in enumerate(accuracies):
        texts.append(io.StringIO())
        logs = {key: accuracy, "loss": 1.0 - accuracy}
        with contextlib.redirect_stdout(texts[-1]):
            if epoch == 0:
                callbacks.on_train_begin()
            callbacks.on_epoch_begin(epoch)
            callbacks.on_epoch_end(epoch, dict(logs))
            if model.stop_training or epoch == len(accuracies) - 1:
                callbacks.on_train_end(logs)
        if model.stop_training:
            return Rehearsal(epoch + 1, _values(texts))
    return Rehearsal(None, _values(texts))


def _plain(stopped_after: object, printed: Sequence[object]) -> Rehearsal:
    """Take over what stands for the class says, as exact built-in values."""
    texts = tuple(text(one, what="what the callback printed") for one in printed)
    if stopped_after is None:
        return Rehearsal(None, texts)
    return Rehearsal(integer(stopped_after, what="the epoch that ended the training"), texts)


def _key_read(callback_class: Any) -> str:
    """Find the key under which the callback looks for the accuracy; either is right.

    One that asks for the other key receives None, and may well crash on comparing it. If it crashes
    with both, or never stops, the rehearsal that follows shows that.
    """
    calm = []
    for key in KEYS:
        try:
            stopped = rehearse(callback_class, [1.0], key=key).stopped_after
        except ClaimFailed:
            raise
        except Exception:  # a student's callback may raise anything
            continue
        if stopped:
            return key
        calm.append(key)
    return (calm or KEYS)[0]


def _first_above(accuracies: Sequence[float]) -> int | None:
    return next((n for n, accuracy in enumerate(accuracies, 1) if accuracy > TARGET), None)


def _values(texts: Sequence[io.StringIO]) -> tuple[str, ...]:
    return tuple(one.getvalue() for one in texts)


def _listing(accuracies: Sequence[float]) -> str:
    return ", ".join(f"{accuracy:.6g}" for accuracy in accuracies)


def _ending(epoch: int | None) -> str:
    return "went on to the end" if epoch is None else f"stopped after epoch {epoch}"


def _advice() -> str:
    return (
        f"The keys in logs were {KEYS[0]!r} and 'loss', or {KEYS[1]!r} and 'loss': read one of "
        "the accuracies in on_epoch_end, and set self.model.stop_training = True."
    )
